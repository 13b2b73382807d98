// A simulated line on a fake port, and a master that speaks with it through a real driver.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "drivers/registry.h"
#include "tests/support/fakes.h"
#include "tools/simulator/bus.h"

namespace afferent::test {

using namespace std::chrono_literals;

// A line of the truth: what stands behind each key, texts without their quotes. The lines are flat and hold no escapes
// here.
using TruthLine = std::map<std::string, std::string>;

inline TruthLine truth_line(std::string_view text) {
  TruthLine line;
  text = text.substr(1, text.size() - 2);
  while (!text.empty()) {
    const std::size_t colon = text.find(':');
    const std::size_t end = std::min(text.find(",\"", colon), text.size());
    const std::string_view value = text.substr(colon + 1, end - colon - 1);
    const bool quoted = value.starts_with('"');
    line.emplace(text.substr(1, colon - 2), quoted ? value.substr(1, value.size() - 2) : value);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return line;
}

inline simulator::LoadedScenario scenario_of(std::string_view text) {
  return simulator::read_scenario(text, "street.toml", "/nowhere", AFFERENT_BINARY "/share/afferent");
}

// The first line of a scenario, with its devices and faults.
class StreetRig {
 public:
  explicit StreetRig(std::string_view text) : loaded(scenario_of(text)) {
    for (const auto& problem : loaded.problems) MESSAGE(problem.text());
    REQUIRE(loaded.problems.empty());
    scene.seed = loaded.scenario.seed;
    scene.speed = loaded.scenario.speed;
    std::vector<std::unique_ptr<simulator::VirtualDevice>> devices;
    for (const auto& plan : loaded.scenario.devices) {
      auto device = simulator::VirtualDevice::create(plan, scene.seed);
      REQUIRE(device.ok());
      devices.push_back(std::move(device).value());
    }
    bus = std::make_unique<simulator::Bus>(loaded.scenario.lines.front(), std::move(devices), loaded.scenario.faults,
                                           scene);
    bus->attach(port);
    port.opens(clock.stamp);
  }

  // What the line sends back to `request`, sent in chunks of `chunk` bytes with `gap` between them.
  core::Bytes ask(core::ByteView request, std::size_t chunk = 1000, core::Nanos gap = 0ns) {
    const std::size_t before = port.written.size();
    for (std::size_t i = 0; i < request.size(); i += chunk) {
      if (i > 0) timers.advance(gap);
      port.says(clock.stamp, request.subspan(i, std::min(chunk, request.size() - i)));
    }
    timers.advance(50ms);
    core::Bytes answer;
    for (std::size_t i = before; i < port.written.size(); ++i) {
      answer.insert(answer.end(), port.written[i].begin(), port.written[i].end());
    }
    return answer;
  }

  // One poll of device `number` by its driver; false when it came to no good end.
  bool poll(std::size_t number = 0, std::size_t chunk = 1000) {
    const simulator::DevicePlan& plan = loaded.scenario.devices[number];
    if (drivers.size() <= number) drivers.resize(number + 1);
    std::unique_ptr<core::Driver>& driver = drivers[number];
    if (!driver) driver = plan.driver->create({{plan.setup}}).value();
    channels = driver->channels(core::DeviceRef{0});
    sink.clear();
    sink.done_count = 0;
    tell(*driver, core::WireEvent::Kind::turn, {});
    for (std::size_t i = 0; i < sink.sent.size() && i < 20; ++i) {
      const core::Bytes request = sink.sent[i].bytes;
      const core::Bytes answer = ask(request, chunk);
      if (!answer.empty()) tell(*driver, core::WireEvent::Kind::received, answer);
      const bool goes_on = sink.done_count > 0 || sink.sent.size() > i + 1;
      if (!goes_on) tell(*driver, core::WireEvent::Kind::timed_out, {});
    }
    return sink.done_count == 1 && sink.done_error.empty();
  }

  std::size_t events(std::string_view what) const {
    std::size_t count = 0;
    for (const auto& line : truth) count += line.contains("event") && line.at("event") == what ? 1 : 0;
    return count;
  }
  std::size_t served() const {
    std::size_t count = 0;
    for (const auto& line : truth) count += line.contains("channel") ? 1 : 0;
    return count;
  }
  // Each value that the driver read last stands in the truth since `from`, and the other way round.
  void check_readings(std::size_t from = 0) const {
    TruthLine told;
    for (std::size_t i = from; i < truth.size(); ++i) {
      if (truth[i].contains("channel")) told[truth[i].at("channel")] = truth[i].at("value");
    }
    CHECK(sink.readings.size() == told.size());
    for (const auto& reading : sink.readings) {
      const std::string& name = channels[core::index(reading.channel)].name;
      CAPTURE(name);
      REQUIRE(told.contains(name));
      if (reading.kind == core::Value::Kind::text) {
        CHECK(told[name] == reading.text);
      } else {
        CHECK(std::stod(told[name]) == reading.number);
      }
    }
  }

  FakeClock clock;
  FakeTimers timers{clock};
  FakePort port;
  std::vector<TruthLine> truth;
  simulator::TruthLog log{[this](std::string_view line) {
    truth.push_back(truth_line(line));
    return true;
  }};
  simulator::Scene scene{clock, timers, log, 1, 1.0, clock.stamp.boot};
  simulator::LoadedScenario loaded;
  std::unique_ptr<simulator::Bus> bus;
  std::vector<std::unique_ptr<core::Driver>> drivers;
  std::span<const core::ChannelSpec> channels;
  RecordingSink sink;

 private:
  void tell(core::Driver& driver, core::WireEvent::Kind kind, core::ByteView bytes) {
    core::WireEvent event;
    event.kind = kind;
    event.at = clock.stamp;
    event.bytes = bytes;
    driver.on(event, sink);
  }
};

}  // namespace afferent::test
