#include "tests/rules/rules_fixture.h"

using namespace afferent;
using namespace afferent::test;

TEST_CASE("a value above its limit raises once, and clears once it is back behind the hysteresis") {
  Bench bench(rule("threshold", table({{"above", number(0.3)}, {"hysteresis", number(0.05)}})));
  bench.say(0, 0.3);
  CHECK(bench.out.alerts.empty());
  for (int i = 0; i < 50; ++i) bench.say(1 + i, i % 2 == 0 ? 0.31 : 0.27);  // chatter within the hysteresis
  CHECK(bench.out.story() == "raised yellow");
  bench.say(60, 0.25);
  CHECK(bench.out.story() == "raised yellow, cleared yellow");
  CHECK(bench.out.alerts[0].id == bench.out.alerts[1].id);
  CHECK(bench.out.alerts[1].first.boot == bench.out.alerts[0].first.boot);
  CHECK(bench.out.states.empty());
  bench.say(61, 0.4);
  CHECK(bench.out.alerts.size() == 3);
  CHECK(bench.out.alerts[2].id != bench.out.alerts[0].id);
}

TEST_CASE("a storm climbs and leaves four colours under one id") {
  Bench bench(rule("threshold", table({{"steps", four_colours()}, {"hysteresis", number(0.02)}})));
  for (const double level : {0.05, 0.11, 0.14, 0.2, 0.3, 0.6, 0.49, 0.47, 0.26, 0.24, 0.14, 0.12, 0.09, 0.07}) {
    bench.say(static_cast<double>(bench.out.writes) + level, level);
  }
  CHECK(bench.out.story() ==
        "raised blue, escalated yellow, escalated orange, escalated red, updated orange, updated yellow, updated blue, "
        "cleared blue");
  for (const core::Alert& alert : bench.out.alerts) CHECK(alert.id == bench.out.alerts[0].id);
  CHECK(bench.out.alerts[2].limit == 0.27);
}

TEST_CASE("a jump over several steps is raised at the highest one") {
  Bench bench(rule("threshold", table({{"steps", four_colours()}})));
  bench.say(0, 0.9);
  CHECK(bench.out.story() == "raised red");
  bench.say(1, 0.0);
  CHECK(bench.out.story() == "raised red, cleared red");
}

TEST_CASE("steps may be written in any order") {
  auto steps = node(core::ConfigNode::List{step("red", "above", 0.5), step("blue", "above", 0.1)});
  Bench bench(rule("threshold", table({{"steps", steps}})));
  bench.say(0, 0.2);
  bench.say(1, 0.7);
  CHECK(bench.out.story() == "raised blue, escalated red");
}

TEST_CASE("a hold time must be filled without a break, by readings") {
  Bench bench(rule("threshold", table({{"above", number(0.3)}, {"hold", number(10)}})));
  bench.say(0, 0.4);
  bench.say(9, 0.2);  // one dip starts it anew
  bench.say(10, 0.4);
  bench.say(19.9, 0.4);
  bench.run_until(60);
  CHECK(bench.out.alerts.empty());
  bench.say(60, 0.4);
  CHECK(bench.out.story() == "raised yellow");
  CHECK(bench.out.alerts[0].evidence.size() >= 2);
}

TEST_CASE("each step has its own hold time") {
  Bench bench(rule("threshold", table({{"steps", four_colours()}, {"hold", number(10)}})));
  bench.say(0, 0.12);
  bench.say(5, 0.6);
  bench.say(10, 0.6);
  CHECK(bench.out.story() == "raised blue");
  bench.say(15, 0.6);
  CHECK(bench.out.story() == "raised blue, escalated red");
}

TEST_CASE("hysteresis also holds while the next step waits for its hold time") {
  Bench bench(
      rule("threshold", table({{"steps", four_colours()}, {"hold", number(10)}, {"hysteresis", number(0.02)}})));
  bench.say(0, 0.12);
  bench.say(10, 0.12);
  bench.say(11, 0.16);  // yellow waits
  bench.say(12, 0.09);
  bench.say(13, 0.16);
  CHECK(bench.out.story() == "raised blue");
  bench.say(14, 0.08);
  CHECK(bench.out.story() == "raised blue, cleared blue");
}

TEST_CASE("an alert steps down only after its clear hold") {
  Bench bench(rule("threshold", table({{"above", number(0.3)}, {"clear_hold", number(10)}})));
  bench.say(0, 0.4);
  bench.say(5, 0.1);
  bench.say(14, 0.4);  // not over after all
  bench.say(20, 0.1);
  bench.say(29, 0.1);
  CHECK(bench.out.story() == "raised yellow");
  bench.say(30, 0.1);
  CHECK(bench.out.story() == "raised yellow, cleared yellow");
}

TEST_CASE("limits on both sides share one alert, and the worse side speaks") {
  auto steps = node(
      core::ConfigNode::List{step("orange", "below", 150), step("red", "below", 100), step("yellow", "above", 600)});
  Bench bench(rule("threshold", table({{"steps", steps}, {"hysteresis", number(5)}})), core::Quantity::pressure);
  bench.say(0, 300);
  bench.say(1, 650);
  bench.say(2, 90);
  bench.say(3, 120);
  bench.say(4, 154);
  bench.say(5, 156);
  CHECK(bench.out.story() == "raised yellow, escalated red, updated orange, cleared orange");
  CHECK(bench.out.alerts[1].limit == 100);
  CHECK(bench.out.alerts[1].sentence ==
        "Now red, was yellow: Water level at Tianlin underpass is 90 kPa, below the red limit of 100 kPa.");
}

TEST_CASE("an alert that gets worse is published again at most once per update interval, with the worst value") {
  Bench bench(rule("threshold", table({{"above", number(0.3)}, {"update", number(600)}})));
  bench.say(0, 0.31);
  for (int i = 1; i <= 100; ++i) bench.say(i, 0.31 + 0.001 * i);
  bench.say(200, 0.35);
  CHECK(bench.out.alerts.size() == 1);
  bench.run_until(599);
  CHECK(bench.out.alerts.size() == 1);
  bench.run_until(5000);
  REQUIRE(bench.out.alerts.size() == 2);
  CHECK(bench.out.alerts[1].state == AlertState::updated);
  CHECK(bench.out.alerts[1].value == doctest::Approx(0.41));
  CHECK(bench.out.alerts[1].evidence.size() <= 16);
  CHECK(bench.out.alerts[1].evidence.front().value == doctest::Approx(0.31));  // how it began is kept
  bench.say(6000, 0.5);
  CHECK(bench.out.alerts.size() == 3);
  bench.say(6001, 0.45);
  bench.run_until(90000);
  CHECK(bench.out.alerts.size() == 3);  // better is no news
}

TEST_CASE("update = 0 keeps an alert from being published again") {
  Bench bench(rule("threshold", table({{"above", number(0.3)}, {"update", number(0)}})));
  bench.say(0, 0.31);
  bench.say(9000, 0.9);
  bench.run_until(99000);
  CHECK(bench.out.story() == "raised yellow");
}

TEST_CASE("a boolean raises while it is as named, also at the end of a hold time without a further reading") {
  auto setup = rule("threshold", table({{"equals", node(true)}, {"hold", number(10)}}));
  Bench bench(setup, core::Quantity::boolean);
  bench.say(0, core::Value::boolean(false));
  bench.say(1, core::Value::boolean(true));
  bench.say(6, core::Value::boolean(false));
  bench.run_until(50);
  CHECK(bench.out.alerts.empty());
  bench.say(50, core::Value::boolean(true));
  bench.run_until(59);
  CHECK(bench.out.alerts.empty());
  bench.run_until(61);
  CHECK(bench.out.story() == "raised yellow");
  CHECK(bench.out.alerts[0].first.boot == bench.at(60).boot);
  bench.say(70, core::Value::boolean(false));
  CHECK(bench.out.story() == "raised yellow, cleared yellow");
}

TEST_CASE("a boolean may be wrong by being false") {
  Bench bench(rule("threshold", table({{"equals", node(false)}})), core::Quantity::boolean);
  bench.say(0, core::Value::boolean(true));
  CHECK(bench.out.alerts.empty());
  bench.say(1, core::Value::boolean(false));
  bench.say(2, core::Value::boolean(true));
  CHECK(bench.out.story() == "raised yellow, cleared yellow");
}

TEST_CASE("readings that are bad, uncertain, stale, not finite or of another type neither raise nor clear") {
  Bench bench(rule("threshold", table({{"above", number(0.3)}, {"below", number(-0.3)}})));
  const double inf = std::numeric_limits<double>::infinity();
  const auto noise = [&](double from, double value) {
    bench.say(from, core::Value::number(value), core::Quality::bad);
    bench.say(from + 1, core::Value::number(value), core::Quality::uncertain);
    bench.say(from + 2, core::Value::number(value), core::Quality::good, true);
    bench.say(from + 3, std::numeric_limits<double>::quiet_NaN());
    bench.say(from + 4, inf);
    bench.say(from + 5, -inf);
    bench.say(from + 6, core::Value::text("9"));
    bench.say(from + 7, core::Value::boolean(value > 0));
  };
  noise(0, 9.0);
  CHECK(bench.out.alerts.empty());
  bench.say(10, 0.0);
  noise(11, 9.0);
  CHECK(bench.out.alerts.empty());
  bench.say(20, 1.0);
  noise(21, 0.0);
  CHECK(bench.out.story() == "raised yellow");
  CHECK(bench.engine->counters().not_finite == 9);
  CHECK(bench.engine->counters().wrong_kind == 6);
}

TEST_CASE("a step of the UTC clock by 30 days and boot time that goes back change nothing") {
  Bench bench(rule("threshold", table({{"above", number(0.3)}, {"hold", number(60)}})));
  bench.say(0, 0.4);
  bench.utc_offset += std::chrono::hours(24 * 30);
  bench.say(30, 0.4);
  CHECK(bench.out.alerts.empty());
  bench.utc_offset -= std::chrono::hours(24 * 60);
  bench.say(59, 0.4);
  bench.say(10, 0.4);
  CHECK(bench.out.alerts.empty());
  bench.say(60, 0.4);
  CHECK(bench.out.story() == "raised yellow");
}

TEST_CASE("duplicates of a reading do not count twice") {
  Bench bench(rule("threshold", table({{"above", number(0.3)}, {"hold", number(5)}})));
  for (int i = 0; i < 100; ++i) bench.say(0, 0.4);
  CHECK(bench.out.alerts.empty());
  for (int i = 0; i < 100; ++i) bench.say(5, 0.4);
  CHECK(bench.out.story() == "raised yellow");
}

TEST_CASE("each device is judged on its own") {
  auto setup = rule("threshold", table({{"above", number(0.3)}}));
  setup.devices = {core::DeviceId{0}, core::DeviceId{1}};
  Bench bench(setup);
  bench.say(0, 0.4);
  bench.say(1, core::Value::number(0.4), core::Quality::good, false, 2);
  bench.say(2, 0.1);
  CHECK(bench.out.story() == "raised yellow, raised yellow, cleared yellow");
  CHECK(bench.out.alerts[0].id != bench.out.alerts[1].id);
  CHECK(bench.out.alerts[2].device == core::DeviceId{0});
  REQUIRE(bench.engine->active().size() == 1);
  CHECK(bench.engine->active()[0].device == core::DeviceId{1});
}

TEST_CASE("the domain is the device's unless the rule has one") {
  auto setup = rule("threshold", table({{"above", number(0.3)}}));
  Bench own(setup);
  own.say(0, 1);
  CHECK(own.out.alerts.at(0).domain == "flood");
  setup.domain = "manhole";
  setup.severity = Severity::red;
  Bench given(setup);
  given.say(0, 1);
  CHECK(given.out.alerts.at(0).domain == "manhole");
  CHECK(given.out.alerts.at(0).severity == Severity::red);
}

TEST_CASE("a threshold with contradictory options is refused with its place") {
  const auto refused = [](core::ConfigNode options) { return refusal(rule("threshold", std::move(options))); };
  CHECK(refused(table({})) == "rules.toml:7: rule 'road': above: give one of: above and/or below, equals, steps");
  CHECK(refused(table({{"above", number(1)}, {"equals", node(true)}})).find("give one of") != std::string::npos);
  CHECK(refused(table({{"above", number(1)}, {"steps", four_colours()}})).find("give one of") != std::string::npos);
  CHECK(refused(table({{"above", number(1, 9)}, {"below", number(2)}})) ==
        "rules.toml:9: rule 'road': above: the limit above (1) must be greater than the one below (2)");
  CHECK(refused(table({{"above", number(3)}, {"below", number(2)}, {"hysteresis", number(1, 11)}})) ==
        "rules.toml:11: rule 'road': hysteresis: is 1, must be less than the 1 between the limits above and below");
  CHECK(refused(table({{"equals", node(true)}, {"hysteresis", number(1, 4)}})) ==
        "rules.toml:4: rule 'road': hysteresis: has no meaning with equals");
  const auto steps = [&](core::ConfigNode::List list) { return refused(table({{"steps", node(std::move(list), 3)}})); };
  CHECK(steps({}) == "rules.toml:3: rule 'road': steps: needs at least one step");
  CHECK(steps({step("blue", "above", 1, 5), step("blue", "above", 2, 6)}) ==
        "rules.toml:6: rule 'road': steps: blue has two limits above");
  CHECK(steps({step("blue", "above", 2), step("red", "above", 1)}) ==
        "rules.toml:3: rule 'road': steps: the limit above of red must be greater than that of blue");
  CHECK(steps({step("blue", "below", 1), step("red", "below", 2)}) ==
        "rules.toml:3: rule 'road': steps: the limit below of red must be smaller than that of blue");
  CHECK(steps({step("violet", "above", 1, 8)}) ==
        "rules.toml:8: rule 'road': severity: is 'violet', allowed: blue|yellow|orange|red");
  CHECK(steps({table({{"severity", node(std::string("red"))}}, 8)}) ==
        "rules.toml:8: rule 'road': steps: each step has one of above and below");
  auto both = rule("threshold", table({{"steps", four_colours()}}));
  both.severity = Severity::red;
  CHECK(refusal(both) == "rules.toml:7: rule 'road': severity: stands in each of the steps, not beside them");
}

TEST_CASE("a limit that a device keeps as a 32-bit float is not exceeded by itself, and a sentence never contradicts") {
  Bench bench(rule("threshold", table({{"above", number(0.3)}, {"hysteresis", number(0.1)}})));
  bench.say(0, static_cast<double>(0.3F));
  bench.say(10, 0.1 + 0.2);
  CHECK(bench.out.alerts.empty());
  bench.say(20, 0.30000005);
  REQUIRE(bench.out.story() == "raised yellow");
  CHECK(bench.out.alerts[0].sentence ==
        "Water level at Tianlin underpass is 0.3000001 m, above the yellow limit of 0.3 m.");
  bench.say(30, static_cast<double>(0.2F));  // as far back as it must come
  CHECK(bench.out.story() == "raised yellow, cleared yellow");
}
