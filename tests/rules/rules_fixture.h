// A rule engine on a street of made-up devices, with what came out of it. Single-threaded.
#pragma once

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "agent/rules/engine.h"
#include "tests/support/fakes.h"

namespace afferent::test {

using core::AlertState;
using core::Severity;

inline core::ConfigNode node(core::ConfigNode::Data data, std::uint32_t line = 0) {
  return {std::move(data), core::Source{"rules.toml", line}};
}
inline core::ConfigNode table(std::initializer_list<std::pair<const char*, core::ConfigNode>> members,
                              std::uint32_t line = 0) {
  core::ConfigNode::Table made;
  for (const auto& [key, value] : members) made.emplace(key, value);
  return node(std::move(made), line);
}
inline core::ConfigNode number(double value, std::uint32_t line = 0) { return node(value, line); }
inline core::ConfigNode step(const char* severity, const char* side, double limit, std::uint32_t line = 0) {
  return table({{"severity", node(std::string(severity), line)}, {side, number(limit, line)}}, line);
}
inline core::ConfigNode four_colours() {
  return node(core::ConfigNode::List{step("blue", "above", 0.10), step("yellow", "above", 0.15),
                                     step("orange", "above", 0.27), step("red", "above", 0.50)});
}

inline rules::RuleSetup rule(std::string kind, core::ConfigNode options, std::string channel = "level") {
  rules::RuleSetup setup;
  setup.id = "road";
  setup.kind = std::move(kind);
  setup.channel = std::move(channel);
  setup.devices = {core::DeviceId{0}};
  setup.options = std::move(options);
  setup.source = {"rules.toml", 7};
  return setup;
}

inline std::vector<rules::DeviceNames> street() {
  return {{"level-1", "Tianlin underpass", "flood"},
          {"level-2", "", "flood"},
          {"level-3", "", "flood"},
          {"rain-1", "Tianlin roof", "flood"}};
}

class Recorder final : public rules::Output {
 public:
  void event(const core::Event& event) override { events.push_back(event); }
  void custody(const core::Custody& custody) override { custodies.push_back(custody); }
  void poll_interval(core::DeviceId device, core::Millis interval) override {
    intervals.emplace_back(device, interval);
  }
  void alert(const core::Alert& alert) override { alerts.push_back(alert); }
  void state(core::StateChange change) override {
    if (change.bytes.empty()) {
      states.erase(change.key);
    } else {
      states[change.key] = change;
    }
    ++writes;
  }
  void alert_of_gone_device(const core::Alert& alert, std::string_view device) override {
    gone.emplace_back(alert, std::string(device));
  }
  // "raised yellow, cleared yellow"
  std::string story() const {
    std::string text;
    for (const core::Alert& a : alerts) {
      if (!text.empty()) text += ", ";
      text += std::string(name_of(a.state)) + " " + std::string(name_of(a.severity));
    }
    return text;
  }

  std::vector<core::Alert> alerts;
  std::vector<core::Event> events;
  std::vector<core::Custody> custodies;
  std::vector<std::pair<core::DeviceId, core::Millis>> intervals;
  std::vector<std::pair<core::Alert, std::string>> gone;
  std::map<std::string, core::StateChange> states;  // what the store would hold
  int writes = 0;
};

class Bench {
 public:
  explicit Bench(std::vector<rules::RuleSetup> setups, core::Quantity quantity = core::Quantity::length,
                 rules::Language language = rules::Language::english, core::Zone zone = {},
                 std::vector<rules::DeviceNames> names = street()) {
    auto made = rules::Engine::create(std::move(setups), std::move(names), random, language, std::move(zone));
    REQUIRE_MESSAGE(made.ok(), (made.ok() ? "" : made.error().message()));
    engine = std::move(made).value();
    add(0, 0, "level", quantity);
    add(1, 0, "battery", core::Quantity::ratio);
    add(2, 1, "level", quantity);
    REQUIRE(restore({}, 0).ok());
  }
  explicit Bench(rules::RuleSetup setup, core::Quantity quantity = core::Quantity::length)
      : Bench(std::vector<rules::RuleSetup>{std::move(setup)}, quantity) {}

  void add(std::uint32_t series, std::uint32_t device, const char* name, core::Quantity quantity) {
    core::ChannelSpec spec;
    spec.name = name;
    spec.quantity = quantity;
    engine->series_added(core::Series{series}, core::DeviceId{device}, spec);
    devices[series] = core::DeviceId{device};
  }
  core::Stamp at(double seconds) const {
    const auto boot = core::Nanos(static_cast<std::int64_t>(seconds * 1e9)) + boot_at_zero;
    return {boot, std::chrono::duration_cast<core::Micros>(boot) + utc_offset, clock};
  }
  void say(double seconds, core::Value value, core::Quality quality = core::Quality::good, bool stale = false,
           std::uint32_t series = 0) {
    core::Reading reading;
    reading.series = core::Series{series};
    reading.device = devices.contains(series) ? devices.at(series) : core::DeviceId{0};
    reading.quality = quality;
    reading.stale = stale;
    reading.value = value;
    reading.received = at(seconds);
    engine->poll({reading.device, reading.received, {reading}}, out);
  }
  void say(double seconds, double value) { say(seconds, core::Value::number(value)); }
  void say_on(std::uint32_t series, double seconds, double value) {
    say(seconds, core::Value::number(value), core::Quality::good, false, series);
  }
  // Several channels of one device in one poll.
  void say_all(double seconds, std::initializer_list<std::pair<std::uint32_t, core::Value>> values) {
    core::Poll poll;
    poll.received = at(seconds);
    for (const auto& [series, value] : values) {
      core::Reading reading;
      reading.series = core::Series{series};
      reading.device = poll.device = devices.at(series);
      reading.value = value;
      reading.received = poll.received;
      poll.readings.push_back(reading);
    }
    engine->poll(poll, out);
  }
  void tick(double seconds) { engine->tick(at(seconds), out); }
  // As the app's timer would: tick at each deadline up to a time.
  void run_until(double seconds) {
    constexpr int kMostTicks = 1000;
    int stuck = 0;
    const core::Nanos end = at(seconds).boot;
    while (engine->next_deadline() <= end) {
      core::Stamp now = at(0);
      const core::Nanos due = std::max(engine->next_deadline(), now.boot);
      now.utc += std::chrono::duration_cast<core::Micros>(due - now.boot);
      now.boot = due;
      engine->tick(now, out);
      if (const core::Nanos next = engine->next_deadline(); next <= due && ++stuck > kMostTicks) {
        FAIL("the engine asks for the same tick again and again");
      } else if (next > due) {
        stuck = 0;
      }
    }
  }
  core::Result<void> restore(const std::map<std::string, core::StateChange>& states, double seconds,
                             std::uint64_t boot = 1) {
    return engine->restore(states, at(seconds), boot);
  }

  core::Nanos boot_at_zero = core::Seconds(1000);
  core::Micros utc_offset{1'790'000'000'000'000};
  core::ClockState clock = core::ClockState::synced;
  CountingRandom random;
  Recorder out;
  std::unique_ptr<rules::Engine> engine;
  std::map<std::uint32_t, core::DeviceId> devices;  // by series
};

inline std::string refusal(std::vector<rules::RuleSetup> setups) {
  CountingRandom random;
  auto made = rules::Engine::create(std::move(setups), street(), random, rules::Language::english);
  return made.ok() ? "accepted" : made.error().message();
}
inline std::string refusal(rules::RuleSetup setup) { return refusal(std::vector<rules::RuleSetup>{std::move(setup)}); }
inline core::ConfigNode text(const char* value, std::uint32_t line = 0) { return node(std::string(value), line); }

}  // namespace afferent::test
