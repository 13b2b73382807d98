#include "tests/rules/rules_fixture.h"

using namespace afferent;
using namespace afferent::test;

namespace {

rules::RuleSetup storm() { return rule("threshold", table({{"steps", four_colours()}, {"hysteresis", number(0.02)}})); }

}  // namespace

TEST_CASE("an active alert goes on after a restart with its id, and is not raised twice") {
  Bench before(storm());
  before.say(0, 0.3);
  REQUIRE(before.out.story() == "raised orange");
  CHECK(before.out.states.count("rule/road/level-1") == 1);

  Bench after(storm());
  REQUIRE(after.restore(before.out.states, 100).ok());
  CHECK(after.engine->active().size() == 1);
  after.say(101, 0.26);  // within the hysteresis of orange
  after.say(102, 0.3);
  CHECK(after.out.alerts.empty());
  after.say(103, 0.6);
  after.say(104, 0.0);
  CHECK(after.out.story() == "escalated red, cleared red");
  CHECK(after.out.alerts[0].id == before.out.alerts[0].id);
  CHECK(after.out.alerts[0].first.boot == before.out.alerts[0].first.boot);
  CHECK(after.out.alerts[0].evidence.front().value == 0.3);
}

TEST_CASE("an alert that ended while the agent was down is cleared by the first reading") {
  Bench before(storm());
  before.say(0, 0.3);
  Bench after(storm());
  REQUIRE(after.restore(before.out.states, 100).ok());
  after.say(101, 0.0);
  CHECK(after.out.story() == "cleared orange");
  CHECK(after.out.alerts[0].id == before.out.alerts[0].id);
  CHECK(after.out.states.empty());
}

TEST_CASE("after a reboot an alert keeps its UTC and loses the boot times of the other boot") {
  Bench before(storm());
  before.say(0, 0.3);
  Bench after(storm());
  after.boot_at_zero = core::Seconds(5);
  REQUIRE(after.restore(before.out.states, 0, 2).ok());
  after.say(1, 0.6);
  REQUIRE(after.out.story() == "escalated red");
  CHECK(after.out.alerts[0].first.boot == core::Nanos::zero());
  CHECK(after.out.alerts[0].first.utc == before.out.alerts[0].first.utc);
  CHECK(after.out.alerts[0].evidence.front().at.boot == core::Nanos::zero());
}

TEST_CASE("a long hold time goes on over a restart where the elapsed time is known") {
  const auto setup = rule("threshold", table({{"above", number(0.3)}, {"hold", number(600)}}));
  Bench before(setup);
  before.say(0, 0.4);
  before.say(10, 0.4);
  CHECK(before.out.states.empty());  // short ones are not worth a write
  before.say(40, 0.4);
  before.say(80, 0.4);
  CHECK(before.out.writes == 1);

  SUBCASE("the same boot: boot time") {
    Bench after(setup);
    after.utc_offset += std::chrono::hours(24 * 30);
    REQUIRE(after.restore(before.out.states, 200).ok());
    after.say(599, 0.4);
    CHECK(after.out.alerts.empty());
    after.say(600, 0.4);
    CHECK(after.out.story() == "raised yellow");
  }
  SUBCASE("another boot, both clocks synchronised: UTC") {
    Bench after(setup);
    after.boot_at_zero = core::Seconds(7);
    after.utc_offset = before.utc_offset + core::Seconds(993 + 300);  // 300 s after the first run's zero
    REQUIRE(after.restore(before.out.states, 0, 2).ok());
    after.say(299, 0.4);
    CHECK(after.out.alerts.empty());
    after.say(300, 0.4);
    CHECK(after.out.story() == "raised yellow");
  }
  SUBCASE("another boot without a clock: unknown, so it begins anew") {
    Bench after(setup);
    after.clock = core::ClockState::unsynced;
    REQUIRE(after.restore(before.out.states, 0, 2).ok());
    after.say(590, 0.4);
    CHECK(after.out.alerts.empty());
    after.say(1190, 0.4);
    CHECK(after.out.story() == "raised yellow");
  }
  SUBCASE("a hold time that was broken is forgotten") {
    before.say(90, 0.1);
    CHECK(before.out.states.empty());
  }
}

TEST_CASE("a silence that lasts over a reboot knows its length only if both clocks were right") {
  const auto setup = rule("silent", table({{"after", number(60)}}), "");
  Bench before(setup);
  before.say(0, 1.0);
  before.run_until(60);
  REQUIRE(before.out.story() == "raised yellow");
  const auto back_after = [&](core::ClockState clock) {
    Bench after(setup);
    after.clock = clock;
    after.boot_at_zero = core::Seconds(0);
    after.utc_offset = before.utc_offset + core::Seconds(1000 + 500);
    REQUIRE(after.restore(before.out.states, 0, 2).ok());
    after.run_until(1000);
    CHECK(after.out.alerts.empty());
    after.say(1000, 1.0);
    REQUIRE(after.out.story() == "cleared yellow");
    CHECK(after.out.alerts[0].id == before.out.alerts[0].id);
    return after.out.alerts[0].value;
  };
  CHECK(back_after(core::ClockState::synced) == doctest::Approx(1500));
  CHECK(back_after(core::ClockState::unsynced) == 0);
}

TEST_CASE("a rate goes on over a restart until a whole window says otherwise") {
  const auto setup = rule("rate", table({{"rise", number(0.25)}, {"per", number(600)}}));
  Bench before(setup);
  before.say(0, 1.0);
  before.say(10, 1.4);
  REQUIRE(before.out.story() == "raised yellow");
  Bench after(setup);
  REQUIRE(after.restore(before.out.states, 20).ok());
  for (int t = 20; t < 620; t += 10) after.say(t, 1.4);
  CHECK(after.out.alerts.empty());
  after.say(620, 1.4);
  CHECK(after.out.story() == "cleared yellow");
}

TEST_CASE("a range alert goes on over a restart") {
  const auto setup = rule("range", table({}));
  Bench before(setup);
  before.say(0, core::Value::number(99), core::Quality::bad);
  Bench after(setup);
  REQUIRE(after.restore(before.out.states, 20).ok());
  after.say(21, core::Value::number(99), core::Quality::bad);
  CHECK(after.out.alerts.empty());
  after.say(22, 1.0);
  CHECK(after.out.story() == "cleared yellow");
}

TEST_CASE("limits that were changed while the agent was down are applied by the first reading") {
  Bench before(storm());
  before.say(0, 0.3);
  Bench milder(rule("threshold", table({{"above", number(0.2)}})));
  REQUIRE(milder.restore(before.out.states, 10).ok());
  milder.say(11, 0.3);
  CHECK(milder.out.story() == "updated yellow");
  auto more = node(core::ConfigNode::List{step("yellow", "above", 0.25), step("orange", "above", 0.29)});
  Bench finer(rule("threshold", table({{"steps", more}, {"hold", number(600)}})));
  REQUIRE(finer.restore(before.out.states, 10).ok());
  finer.say(11, 0.3);
  CHECK(finer.out.alerts.empty());
  Bench higher(rule("threshold", table({{"steps", node(core::ConfigNode::List{step("red", "above", 2)})}})));
  REQUIRE(higher.restore(before.out.states, 10).ok());
  higher.say(11, 0.3);
  CHECK(higher.out.story() == "cleared orange");
}

TEST_CASE("an alert whose rule, kind or device is gone is cleared at the start") {
  Bench before(storm());
  before.say(0, 0.3);

  auto other = storm();
  other.id = "bridge";
  Bench without_rule(other);
  REQUIRE(without_rule.restore(before.out.states, 10).ok());
  CHECK(without_rule.engine->next_deadline() <= without_rule.at(10).boot);
  without_rule.tick(10);
  REQUIRE(without_rule.out.story() == "cleared orange");
  CHECK(without_rule.out.alerts[0].rule == "road");
  CHECK(without_rule.out.alerts[0].id == before.out.alerts[0].id);
  CHECK(without_rule.out.writes == 1);

  Bench other_kind(rule("range", table({})));
  REQUIRE(other_kind.restore(before.out.states, 10).ok());
  other_kind.tick(10);
  CHECK(other_kind.out.story() == "cleared orange");

  auto states = before.out.states;
  states["rule/road/gone-9"] = states["rule/road/level-1"];
  states.erase("rule/road/level-1");
  Bench without_device(storm());
  REQUIRE(without_device.restore(states, 10).ok());
  without_device.tick(10);
  CHECK(without_device.out.alerts.empty());
  REQUIRE(without_device.out.gone.size() == 1);
  CHECK(without_device.out.gone[0].second == "gone-9");
  CHECK(without_device.out.gone[0].first.state == AlertState::cleared);
}

TEST_CASE("damaged state is named and ignored, whatever its bytes, and the rest is taken") {
  auto both = storm();
  both.devices = {core::DeviceId{0}, core::DeviceId{1}};
  Bench before(both);
  before.say(0, 0.3);
  before.say(1, core::Value::number(0.3), core::Quality::good, false, 2);
  const core::Bytes whole = before.out.states.at("rule/road/level-1").bytes;
  const auto restored_with = [&](const core::Bytes& bytes) {
    auto states = before.out.states;
    states["rule/road/level-1"].bytes = bytes;
    Bench after(both);
    const auto result = after.restore(states, 10);
    after.say(11, 0.3);
    after.say(12, core::Value::number(0.3), core::Quality::good, false, 2);
    after.say(13, 0.0);
    for (const core::Alert& alert : after.out.alerts) CHECK(alert.device == core::DeviceId{0});  // the other was taken
    return result;
  };
  CHECK(restored_with(whole).ok());
  for (std::size_t length = 1; length < whole.size(); ++length) {
    const auto result = restored_with(core::Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length)));
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().message() == "saved rules ignored, damaged or of another version: rule/road/level-1");
  }
  core::Bytes longer = whole;
  longer.push_back(0);
  CHECK_FALSE(restored_with(longer).ok());
  CHECK_FALSE(restored_with(core::Bytes(5000, 0xFF)).ok());
  for (std::size_t at = 0; at < whole.size(); ++at) {  // any flipped byte: never a crash, taken or refused
    core::Bytes flipped = whole;
    flipped[at] ^= 0xFF;
    (void)restored_with(flipped);
  }
}

TEST_CASE("state of a newer version is left alone") {
  Bench before(storm());
  before.say(0, 0.3);
  auto states = before.out.states;
  states["rule/road/level-1"].version = rules::kSavedVersion + 1;
  states["driver/modbus/level-1"] = {"driver/modbus/level-1", 7, {1, 2, 3}};
  Bench after(storm());
  CHECK_FALSE(after.restore(states, 10).ok());
  after.tick(10);
  CHECK(after.out.writes == 0);
  after.say(11, 0.3);
  CHECK(after.out.story() == "raised orange");
}

TEST_CASE("silence goes on over a restart; what came after the save is not forgotten by a later kill") {
  const auto setup = rule("silent", table({{"after", number(100)}}));
  Bench before(setup);
  before.say(0, 1.0);
  before.engine->close(before.at(80), before.out);
  Bench after(setup);
  SUBCASE("it counts from the last word, without the time when nobody listened") {
    REQUIRE(after.restore(before.out.states, 200).ok());
    after.engine->tick(after.at(200), after.out);
    after.run_until(259);
    CHECK(after.out.alerts.empty());
    after.run_until(261);  // a minute for devices to be heard again
    CHECK(after.out.story() == "raised yellow");
  }
  SUBCASE("it is believed once") {
    after.out.states = before.out.states;
    REQUIRE(after.restore(before.out.states, 81).ok());
    after.say(82, 1.0);
    CHECK(after.out.states.empty());
    Bench killed(setup);
    REQUIRE(killed.restore(after.out.states, 90).ok());
    killed.engine->tick(killed.at(90), killed.out);
    killed.run_until(189);
    CHECK(killed.out.alerts.empty());
    killed.run_until(191);
    CHECK(killed.out.story() == "raised yellow");
  }
}

TEST_CASE("a rise is seen over a restart") {
  const auto setup = rule("rate", table({{"rise", number(10)}, {"per", number(30)}}));
  Bench before(setup);
  for (int t = 0; t <= 60; t += 5) before.say(t, 0.0);
  before.engine->close(before.at(62), before.out);
  Bench after(setup);
  REQUIRE(after.restore(before.out.states, 64).ok());
  SUBCASE("at once") {
    after.say(65, 50.0);
    CHECK(after.out.story() == "raised yellow");
  }
  SUBCASE("but not one that took longer than the window") {
    after.say(100, 12.0);
    CHECK(after.out.alerts.empty());
  }
}

TEST_CASE("a short hold time goes on over an orderly restart") {
  const auto setup = rule("threshold", table({{"above", number(0.3)}, {"hold", number(6)}}));
  Bench before(setup);
  before.say(0, 0.4);
  before.say(4, 0.4);
  before.engine->close(before.at(4.5), before.out);
  Bench after(setup);
  REQUIRE(after.restore(before.out.states, 5).ok());
  after.say(5.5, 0.4);
  CHECK(after.out.alerts.empty());
  after.say(6.5, 0.4);
  CHECK(after.out.story() == "raised yellow");
}
