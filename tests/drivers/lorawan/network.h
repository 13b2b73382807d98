// The driver with what a network server says to it, and a codec that is played by the test.
#pragma once

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "agent/config/check.h"
#include "agent/config/parse.h"
#include "agent/core/codec_call.h"
#include "drivers/lorawan/lorawan.h"
#include "tests/support/fakes.h"

namespace afferent::test::lorawan {

using drivers::lorawan::spec;

inline constexpr const char* kEui = "a840415711866a85";
inline constexpr const char* kUpTopic = "application/app-1/device/a840415711866a85/event/up";

// Holds the scripts that the options below name.
inline std::string folder() {
  const std::string path = AFFERENT_BINARY "/lorawan_test";
  std::filesystem::create_directories(path);
  for (const char* name : {"/a.js", "/b.js", "/sensor.js"}) std::ofstream(path + name) << "// a codec\n";
  return path;
}

inline core::DriverDevice device_of(const std::string& id, const std::string& options,
                                    const std::string& profile = {}) {
  core::DriverDevice device;
  device.id = id;
  const auto parsed = config::parse(options, folder() + "/agent.toml");
  REQUIRE_MESSAGE(parsed.node, parsed.problem.text());
  const auto problems = config::check(*parsed.node, spec().options, device.options);
  REQUIRE_MESSAGE(problems.empty(), problems.front().text());
  if (profile.empty()) return device;
  const auto file = config::parse(profile, folder() + "/p.toml");
  REQUIRE_MESSAGE(file.node, file.problem.text());
  const auto wrong = config::check(*file.node, spec().profile, device.profile);
  REQUIRE_MESSAGE(wrong.empty(), wrong.front().text());
  return device;
}

class Network {
 public:
  explicit Network(std::vector<core::DriverDevice> devices) : configured(std::move(devices)) {
    auto made = spec().create({configured});
    REQUIRE_MESSAGE(made, made.error().message());
    driver = *std::move(made);
    sink.first_declared = static_cast<std::uint16_t>(driver->channels(core::DeviceRef{0}).size());
  }
  explicit Network(const std::string& options) : Network({device_of("d1", options)}) {}

  void says(const std::string& topic, const std::string& json) {
    core::WireEvent event;
    event.kind = core::WireEvent::Kind::received;
    event.at = clock.stamp;
    event.name = topic;
    event.bytes = core::as_bytes(json);
    driver->on(event, sink);
  }
  void happens(core::WireEvent::Kind kind) {
    core::WireEvent event;
    event.kind = kind;
    event.at = clock.stamp;
    driver->on(event, sink);
  }
  // The next call of the codec that was sent and not yet answered.
  core::CodecCall call() {
    REQUIRE_FALSE(sink.sent.empty());
    REQUIRE(sink.sent.front().topic == core::kCodecTopic);
    auto call = core::unpack_call(sink.sent.front().bytes);
    REQUIRE(call);
    sink.sent.erase(sink.sent.begin());
    return *call;
  }
  void answers(std::uint32_t id, const std::string& text,
               core::CodecAnswer::Outcome outcome = core::CodecAnswer::Outcome::ok) {
    const core::Bytes packed = core::pack(core::CodecAnswer{id, outcome, text});
    says(std::string(core::kCodecTopic), std::string(core::as_text(packed)));
  }

  std::string name_of(std::size_t reading) const {
    const auto number = core::index(sink.readings[reading].channel);
    const auto fixed = driver->channels(sink.readings[reading].device);
    return number < fixed.size() ? fixed[number].name : sink.declared.at(number - fixed.size()).name;
  }
  // "level=0.02 m", in order.
  std::vector<std::string> read() const {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < sink.readings.size(); ++i) all.push_back(name_of(i) + "=" + text_of(i));
    return all;
  }
  std::string text_of(std::size_t i) const {
    const auto& reading = sink.readings[i];
    if (reading.kind == core::Value::Kind::text) return reading.text;
    if (reading.kind == core::Value::Kind::boolean) return reading.number != 0 ? "true" : "false";
    std::string number = std::to_string(reading.number);
    while (number.back() == '0') number.pop_back();
    if (number.back() == '.') number.pop_back();
    return number;
  }

  std::vector<core::DriverDevice> configured;
  FakeClock clock;
  RecordingSink sink;
  std::unique_ptr<core::Driver> driver;
};

struct Up {
  unsigned fcnt = 1;
  std::string id = "";    // default: made of the counter
  std::string time = "";  // default: none
  std::string rest = "";  // more members, each with a comma in front
  std::string eui = kEui;
};
inline std::string up(const Up& what) {
  const std::string id = what.id.empty() ? "id-" + std::to_string(what.fcnt) : what.id;
  std::string json =
      R"({"deduplicationId":")" + id + R"(","deviceInfo":{"deviceName":"D","devEui":")" + what.eui + R"("})";
  if (!what.time.empty()) json += R"(,"time":")" + what.time + "\"";
  return json + R"(,"fCnt":)" + std::to_string(what.fcnt) + what.rest + "}";
}

}  // namespace afferent::test::lorawan
