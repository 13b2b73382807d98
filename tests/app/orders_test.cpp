#include "agent/app/orders.h"

#include <doctest/doctest.h>

#include "agent/app/moment.h"
#include "tests/support/fakes.h"

using namespace afferent;
using namespace afferent::app;
using namespace afferent::test;

namespace {

class NoGaps final : public core::GapWriter {
 public:
  core::Envelope write(const core::GapFacts& facts) const override {
    return {facts.domain, core::Kind::gap, {}, 0, {}, {}};
  }
};

config::Config street() {
  config::Config config;
  config::DeviceConfig device;
  device.identity.id = "level-1";
  device.identity.name = "Tianlin underpass";
  device.identity.domain = "flood";
  config.devices.push_back(device);
  return config;
}

rules::RuleSetup road() {
  rules::RuleSetup setup;
  setup.id = "road";
  setup.kind = "threshold";
  setup.channel = "level";
  setup.devices = {core::DeviceId{0}};
  core::ConfigNode::Table options;
  options.emplace("above", core::ConfigNode(0.3, {}));
  setup.options = core::ConfigNode(std::move(options), {});
  return setup;
}

// An agent's rules behind its commands, without wires and broker.
struct Desk {
  Desk() {
    std::vector<core::DeviceIdentity> identities{config.devices[0].identity};
    auto made =
        rules::Engine::create({road()}, {{"level-1", "Tianlin underpass", "flood"}}, random, rules::Language::english);
    REQUIRE(made.ok());
    engine = std::move(made).value();
    messages = std::make_unique<codec::Messages>(identities);
    sense = std::make_unique<Sense>(identities, core::Millis(1000), *engine, *messages, down);
    core::ChannelSpec level;
    level.name = "level";
    level.quantity = core::Quantity::length;
    sense->series_added(core::Series{0}, core::DeviceId{0}, level);
    REQUIRE(engine->restore({}, clock.now(), clock.boot()).ok());
    add_orders(commands, config, clock, *sense, [this] { ++changed; });
  }
  void say(double value) {
    core::Reading reading;
    reading.value = core::Value::number(value);
    reading.received = clock.now();
    sense->poll({reading.device, reading.received, {reading}});
  }
  std::string ask(const std::string& verb, std::map<std::string, std::string> arguments = {}) {
    std::string answer;
    commands.handle({verb, std::move(arguments)}, [&answer](core::Result<std::string> reply) {
      answer = reply ? *reply : "refused: " + reply.error().message();
    });
    return answer;
  }
  std::size_t alerts_sent() {
    std::size_t count = 0;
    for (core::DownItem& item : queue.take(core::Nanos::zero())) {
      if (const auto* parcel = std::get_if<core::Parcel>(&item)) {
        for (const core::Envelope& envelope : parcel->envelopes) count += envelope.kind == core::Kind::alert ? 1U : 0U;
        if (count > 0) CHECK_FALSE(parcel->changes.empty());  // an alert and its state go together
      }
    }
    return count;
  }

  config::Config config = street();
  FakeClock clock;
  CountingRandom random;
  NoGaps gaps;
  core::BoundedQueue<core::DownItem> queue{1u << 20};
  Downlink down{queue, gaps};
  std::unique_ptr<rules::Engine> engine;
  std::unique_ptr<codec::Messages> messages;
  std::unique_ptr<Sense> sense;
  Commands commands;
  int changed = 0;
};

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("alerts are listed, acknowledged, shelved and unshelved by command") {
  Desk desk;
  CHECK(desk.ask("alerts") == "{\"alerts\":[],\"shelved\":[]}");
  desk.say(0.4);
  CHECK(desk.alerts_sent() == 1);
  CHECK(has(desk.ask("alerts"), "\"device\":\"level-1\",\"severity\":\"yellow\",\"state\":\"raised\""));
  const std::string acked =
      desk.ask("alert-ack", {{"alert", "road/level-1"}, {"who", "Wang Li"}, {"note", "on my way"}});
  CHECK(has(acked, "\"state\":\"acknowledged\""));
  CHECK(has(acked, "Acknowledged by Wang Li (on my way): "));
  CHECK(desk.alerts_sent() == 1);
  CHECK(has(desk.ask("alert-shelve", {{"alert", "road/level-1"}, {"until", "2 h"}}), "\"shelved_for_s\":7200"));
  CHECK(has(desk.ask("alerts"), "\"shelved_by\":\"operator\""));
  CHECK(has(desk.ask("alert-unshelve", {{"alert", "road/level-1"}, {"note", "x"}}),
            "'note' is not known here; allowed: alert"));
  CHECK(has(desk.ask("alert-unshelve", {{"alert", "road/level-1"}}), "\"shelved_by\":\"\""));
  CHECK(desk.alerts_sent() == 2);
  CHECK(desk.changed >= 5);
  CHECK(has(desk.ask("alert-ack", {{"alert", "road/level-1"}, {"who", "Li Na"}}),
            "refused: it is acknowledged already: by Wang Li since "));
}

TEST_CASE("a holiday that no rule of the device knows is entered, and that is said") {
  Desk desk;
  CHECK(has(desk.ask("holiday-add", {{"device", "level-1"}, {"until", "1 d"}}),
            "\"remark\":\"no rule of this device knows holidays"));
  CHECK_FALSE(has(desk.ask("maintenance-start", {{"device", "level-1"}, {"until", "1 d"}}), "remark"));
}

TEST_CASE("orders that make no sense are refused in words") {
  Desk desk;
  desk.say(0.4);
  CHECK(desk.ask("alert-ack", {{"alert", "wall/level-1"}}) ==
        "refused: no active alert is called 'wall/level-1'; active: road/level-1");
  CHECK(desk.ask("alert-ack", {{"alrt", "x"}}) == "refused: 'alrt' is not known here; allowed: alert who note");
  CHECK(has(desk.ask("alert-shelve", {{"alert", "road/level-1"}}), "refused: until: '' is not a time; allowed: "));
  CHECK(has(desk.ask("alert-shelve", {{"alert", "road/level-1"}, {"until", "25:00"}}), "is not a time"));
  CHECK(desk.ask("maintenance-start", {{"device", "pump"}, {"until", "1 h"}}) == "refused: there is no device 'pump'");
  CHECK(desk.ask("holiday-add", {{"until", "1 d"}}) == "refused: say which device");
  CHECK(desk.ask("maintenance-stop", {{"number", "3x"}}) == "refused: number: '3x' is not a number");
  CHECK(desk.ask("maintenance-stop", {{"number", "3"}}) == "refused: there is no entry 3");
  CHECK(desk.ask("holiday-remove", {{"device", "level-1"}}) == "refused: there is nothing to end");
  CHECK(
      has(desk.ask("alert-ack", {{"alert", "road/level-1"}, {"note", std::string(201, 'x')}}), "note is longer than"));
  desk.clock.stamp.clock = core::ClockState::unsynced;
  CHECK(has(desk.ask("maintenance-start", {{"until", "14:30"}}), "the gateway's clock is not right yet"));
  CHECK(has(desk.ask("maintenance-start", {{"until", "2 h"}}), "\"ends_in_s\":7200"));
  CHECK(has(desk.ask("maintenance-start", {{"from", "2 h"}, {"until", "1 h"}}),
            "\"begins_in_s\":7200,\"ends_in_s\":10800"));
}

TEST_CASE("maintenance windows and holidays are entered, listed apart and ended") {
  Desk desk;
  desk.say(0.1);
  CHECK(has(desk.ask("maintenance-start", {{"device", "level-1"}, {"until", "1 h"}, {"note", "cleaning"}}),
            "{\"number\":1,\"device\":\"level-1\",\"active\":true"));
  CHECK(has(desk.ask("holiday-add", {{"device", "level-1"}, {"from", "2026-10-01"}, {"until", "2026-10-07"}}),
            "\"from\":\"2026-10-01 00:00\",\"until\":\"2026-10-08 00:00\""));
  CHECK(has(desk.ask("maintenance-list"), "\"note\":\"cleaning\"}]}"));
  CHECK_FALSE(has(desk.ask("maintenance-list"), "\"number\":2"));
  CHECK(has(desk.ask("holiday-list"), "\"number\":2"));
  desk.say(0.4);
  CHECK(desk.alerts_sent() == 0);
  CHECK(desk.ask("maintenance-stop", {{"device", "level-1"}}) == "{\"removed\":[1]}");
  CHECK(desk.alerts_sent() == 1);
  CHECK(desk.ask("holiday-remove", {{"number", "2"}}) == "{\"removed\":[2]}");
}

TEST_CASE("since when an alert of another boot is active is not known while a clock is not right") {
  core::Alert alert;
  alert.first = {core::Nanos::zero(), core::Micros{1'790'000'000'000'000}, core::ClockState::synced};
  core::Stamp now{core::Seconds(60), alert.first.utc + core::Seconds(90), core::ClockState::synced};
  const auto since = [&] {
    core::JsonWriter json;
    write_alert(json, alert, street(), {}, now);
    const std::string text = json.take();
    const std::size_t at = text.find("\"since_s\":");
    return text.substr(at, text.find(',', at) - at);
  };
  CHECK(since() == "\"since_s\":90");
  now.clock = core::ClockState::unsynced;
  CHECK(since() == "\"since_s\":null");
  now.utc = alert.first.utc - std::chrono::hours(72);
  CHECK(since() == "\"since_s\":null");
  now.clock = core::ClockState::synced;
  CHECK(since() == "\"since_s\":null");  // it was set back
  now.utc = alert.first.utc + core::Seconds(90);
  alert.first.clock = core::ClockState::unsynced;
  CHECK(since() == "\"since_s\":null");
  alert.first.boot = core::Seconds(20);  // of this boot
  CHECK(since() == "\"since_s\":40");
}

TEST_CASE("an end is listed as it was said, though boot time and UTC are read one after the other") {
  Desk desk;
  desk.say(0.4);
  desk.clock.stamp.utc =
      std::chrono::sys_days(std::chrono::year(2026) / 7 / 1).time_since_epoch() + std::chrono::hours(12);
  REQUIRE(has(desk.ask("maintenance-start", {{"device", "level-1"}, {"from", "13:00"}, {"until", "14:30"}}),
              "\"from\":\"2026-07-01 13:00\",\"until\":\"2026-07-01 14:30\""));
  for (const int apart : {-900, -3, 0, 3, 900}) {
    CAPTURE(apart);
    desk.clock.stamp.utc += core::Seconds(10);
    desk.clock.stamp.boot += core::Seconds(10) + core::Nanos(apart * 1000);
    CHECK(has(desk.ask("maintenance-list"), "\"from\":\"2026-07-01 13:00\",\"until\":\"2026-07-01 14:30\""));
  }
}

TEST_CASE("moments are read in local time") {
  core::Stamp now{core::Seconds(1000), core::Micros{}, core::ClockState::synced};
  now.utc = std::chrono::sys_days(std::chrono::year(2026) / 7 / 1).time_since_epoch() + std::chrono::hours(12);
  const core::Zone zone;
  const auto in_s = [&](std::string_view text, bool end) {
    const auto moment = moment_named(text, end, zone, now);
    return moment ? static_cast<double>((*moment - now.boot).count()) / 1e9 : -1.0;
  };
  CHECK(in_s("90 s", false) == 90);
  CHECK(in_s("14:30", false) == 2.5 * 3600);
  CHECK(in_s("11:00", false) == 23 * 3600);
  CHECK(in_s("2026-07-02", false) == 12 * 3600);
  CHECK(in_s("2026-07-02", true) == 36 * 3600);
  CHECK(in_s("2026-07-02 06:00", true) == 18 * 3600);
  CHECK(in_s("2026-07-02T06:00", true) == 18 * 3600);
  for (const char* wrong : {"", "2026-02-30", "2026-07", "soon", "14:60", "2026-07-02 6:00", "2026-07-02x06:00",
                            "9999-99-99", "-2 h", "2026-07-02 06:00:00"}) {
    CHECK_MESSAGE(in_s(wrong, false) == -1.0, wrong);
  }
}
