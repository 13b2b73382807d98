#include <cmath>

#include "tests/rules/rules_fixture.h"

using namespace afferent;
using namespace afferent::test;

namespace {

rules::RuleSetup frozen(double tolerance = 0.01) {
  return rule("stuck", table({{"after", number(3600)}, {"tolerance", number(tolerance)}}));
}
rules::RuleSetup in_rain() {
  return rule("stuck", table({{"after", number(3600)},
                              {"tolerance", number(0.01)},
                              {"only_if", text("rain-1/rain", 4)},
                              {"only_if_by", number(2)}}));
}

}  // namespace

TEST_CASE("a value that stands still is reported after the time, and cleared when it moves") {
  Bench bench(frozen());
  for (int t = 0; t <= 3540; t += 60) bench.say(t, 0.5 + (t % 120 == 0 ? 0.005 : 0.0));
  CHECK(bench.out.alerts.empty());
  bench.say(3600, 0.5);
  REQUIRE(bench.out.story() == "raised yellow");
  CHECK(bench.out.alerts[0].sentence ==
        "Water level at Tianlin underpass has stood at 0.505 m for 1 h, though it should move.");
  bench.say(3660, 0.5);
  CHECK(bench.out.alerts.size() == 1);
  bench.say(3720, 0.52);
  CHECK(bench.out.story() == "raised yellow, cleared yellow");
}

TEST_CASE("a value that creeps is not stuck") {
  Bench bench(frozen());
  for (int t = 0; t < 100'000; t += 60) bench.say(t, 0.00002 * t);
  CHECK(bench.out.alerts.empty());
}

TEST_CASE("without readings nothing is known: silence is not standing still") {
  Bench bench(frozen());
  bench.say(0, 0.5);
  bench.say(4000, 0.5);
  bench.say(8000, 0.5);
  bench.say(12'000, 0.5);
  CHECK(bench.out.alerts.empty());
  bench.say(12'000, 0.5);  // duplicates are no time
  bench.say(12'000, 0.5);
  CHECK(bench.out.alerts.empty());
}

TEST_CASE("time that goes back, bad values and steps of UTC do no harm") {
  Bench bench(frozen());
  for (int t = 0; t <= 3000; t += 60) bench.say(t, 0.5);
  bench.say(2000, 0.5);
  bench.say(3060, std::nan(""));
  bench.say(3060, core::Value::number(9), core::Quality::bad);
  bench.utc_offset += std::chrono::hours(5);
  for (int t = 3060; t <= 4000; t += 60) bench.say(t, 0.5);
  CHECK(bench.out.alerts.empty());  // it began anew when time went back
  for (int t = 4020; t <= 5700; t += 60) bench.say(t, 0.5);
  CHECK(bench.out.story() == "raised yellow");
}

TEST_CASE("standing still counts only while the other channel moves") {
  Bench bench(in_rain());
  bench.add(3, 3, "rain", core::Quantity::rain);
  CHECK(bench.engine->check().empty());
  for (int t = 0; t <= 8000; t += 60) {
    bench.say(t, 0.5);
    bench.say_on(3, t + 1, 10);
  }
  CHECK(bench.out.alerts.empty());
  for (int t = 8040; t <= 8400; t += 60) {
    bench.say(t, 0.5);
    bench.say_on(3, t + 1, 10 + (t - 8000) * 0.01);
  }
  CHECK(bench.out.story() == "raised yellow");
}

TEST_CASE("the time it stood goes on over a restart and a power failure") {
  Bench before(frozen());
  for (int t = 0; t <= 1800; t += 60) before.say(t, 0.5);
  before.engine->close(before.at(1800), before.out);
  const auto after_story = [&](std::map<std::string, core::StateChange> states) {
    Bench after(frozen());
    REQUIRE(after.restore(states, 2400).ok());
    for (int t = 2400; t <= 3600; t += 60) after.say(t, 0.5);
    return after.out.story();
  };
  CHECK(after_story(before.out.states) == "raised yellow");
  CHECK(after_story({}).empty());
  Bench hourly(frozen());
  auto slow = rule("stuck", table({{"after", number(40'000)}}));
  Bench learning(slow);
  for (int t = 0; t <= 20'000; t += 60) {
    learning.run_until(t);
    learning.say(t, 0.5);
  }
  REQUIRE(learning.out.states.contains("learned/rule/road/level-1"));
  Bench after(slow);
  REQUIRE(after.restore(learning.out.states, 21'000).ok());  // the last save was at 18,000 s
  for (int t = 21'000; t <= 40'100; t += 60) after.say(t, 0.5);
  CHECK(after.out.story() == "raised yellow");
}

TEST_CASE("what stuck needs is checked") {
  CHECK(refusal(frozen()) == "accepted");
  CHECK(refusal(rule("stuck", table({}))).find("after: is missing") != std::string::npos);
  CHECK(refusal(rule("stuck", table({{"after", number(60)}, {"only_if", text("nowhere/rain", 4)}}))) ==
        "rules.toml:4: rule 'road': only_if: there is no device 'nowhere'");
  CHECK(
      refusal(rule("stuck", table({{"after", number(60)}, {"only_if", text("Rain!", 4)}}))).find("is not a channel") !=
      std::string::npos);
  CHECK(refusal(rule("stuck", table({{"after", number(60)}, {"only_if_by", number(1, 5)}}))) ==
        "rules.toml:5: rule 'road': only_if_by: has no meaning without only_if");
  Bench missing(in_rain());
  REQUIRE(missing.engine->check().size() == 1);
  CHECK(missing.engine->check()[0].message().find("only_if: device 'rain-1' has no channel 'rain'") !=
        std::string::npos);
}

TEST_CASE("a slow mover is not stuck: it has stood as long before") {
  const auto slow = [](double usual) {
    Bench bench(rule("stuck", table({{"after", number(86'400)}, {"usual", number(usual)}})));
    // A gauge in cm on a river that recedes 1 cm within 20 h at first, then within 30 h.
    double t = 0;
    double level = 2.0;
    for (int move = 0; move < 6; ++move, level -= 0.01) {
      for (const double end = t + (move == 0 ? 20 : 30) * 3600; t < end; t += 600) bench.say(t, level);
    }
    for (const double end = t + 70 * 3600; t < end; t += 600) bench.say(t, level);
    return bench.out.story();
  };
  CHECK(slow(2) == "raised yellow");  // at the end, after more than 60 h
  CHECK(slow(3).empty());
  CHECK(slow(0).size() > slow(2).size());
}

TEST_CASE("what it was used to is kept over a restart, and forgotten after two months") {
  auto setup = rule("stuck", table({{"after", number(86'400)}, {"usual", number(2)}}));
  Bench before(setup);
  double t = 0;
  for (; t < 20 * 3600; t += 600) before.say(t, 1.0);
  for (; t < 22 * 3600; t += 600) before.say(t, 1.1);
  before.engine->close(before.at(t), before.out);
  const auto story = [&](double from, double until) {
    Bench after(setup);
    REQUIRE(after.restore(before.out.states, t).ok());
    for (double now = t; now < from; now += 3600) after.say(now, 1.0 + std::fmod(now, 7200));
    for (double now = from; now < until; now += 600) after.say(now, 1.1);
    return after.out.story();
  };
  CHECK(story(t, t + 36 * 3600).empty());
  CHECK(story(t, t + 45 * 3600) == "raised yellow");
  const double later = t + 70 * 86'400;
  CHECK(story(later, later + 26 * 3600) == "raised yellow");
}

TEST_CASE("a dry road may stand still, water on it may not") {
  Bench bench(rule("stuck", table({{"after", number(3600)}, {"above", number(0.03)}})));
  for (int t = 0; t <= 100'000; t += 600) bench.say(t, 0.0);
  CHECK(bench.out.alerts.empty());
  for (int t = 100'600; t <= 105'000; t += 600) bench.say(t, 0.2);
  CHECK(bench.out.story() == "raised yellow");
}
