#include <cmath>

#include "tests/rules/rules_fixture.h"

using namespace afferent;
using namespace afferent::test;

namespace {

rules::RuleSetup rising(double level = 1.0) {
  auto setup = rule("forecast", table({{"above", number(level)}, {"within", number(3600)}, {"trend", number(1800)}}));
  setup.severity = Severity::orange;
  return setup;
}

}  // namespace

TEST_CASE("a steady rise is foretold with its time") {
  Bench bench(rising());
  double raised_at = 0;
  for (int t = 0; t <= 7200 && raised_at == 0; t += 60) {
    bench.say(t, 0.3 + t * 0.0001);  // reaches 1.0 at 7000 s
    if (!bench.out.alerts.empty()) raised_at = t;
  }
  CHECK(raised_at >= 3400);
  CHECK(raised_at <= 3460);
  CHECK(bench.out.alerts[0].severity == Severity::orange);
  CHECK(bench.out.alerts[0].sentence ==
        "Water level at Tianlin underpass is 0.642 m and rises by 0.36 m an hour: 1 m are expected in 1 h, at 16:27.");
}

TEST_CASE("noise and single wrong readings foretell nothing") {
  Bench bench(rising());
  std::uint32_t random = 7;
  for (int t = 0; t < 200'000; t += 60) {
    random = random * 1664525U + 1013904223U;
    const double noise = (static_cast<double>(random >> 8) / (1 << 24) - 0.5) * 0.1;
    bench.say(t, t % 1260 == 0 ? 3.0 : 0.8 + noise);
  }
  CHECK(bench.out.alerts.empty());
}

TEST_CASE("wrong readings do not lead a rise astray") {
  Bench bench(rising());
  double raised_at = 0;
  for (int t = 0; t <= 7000 && raised_at == 0; t += 60) {
    bench.say(t, t % 300 == 0 ? 0.0 : 0.3 + t * 0.0001);
    if (!bench.out.alerts.empty()) raised_at = t;
  }
  CHECK(raised_at >= 3000);
  CHECK(raised_at <= 4000);
}

TEST_CASE("the alert ends when the trend does, and not because the level was reached") {
  Bench bench(rising());
  for (int t = 0; t <= 9000; t += 60) bench.say(t, 0.3 + t * 0.0001);
  REQUIRE_FALSE(bench.out.alerts.empty());
  for (const core::Alert& alert : bench.out.alerts) CHECK(alert.state != AlertState::cleared);
  for (int t = 9060; t <= 14'000; t += 60) bench.say(t, 0.5);
  CHECK(bench.out.alerts.back().state == AlertState::cleared);
}

TEST_CASE("a fall is foretold too, and no time is told while the clock is not right") {
  auto setup =
      rule("forecast", table({{"below", number(20)}, {"within", number(3600)}, {"trend", number(1800)}}), "battery");
  Bench bench(setup);
  bench.clock = core::ClockState::unsynced;
  for (int t = 0; t <= 4000; t += 60) bench.say_on(1, t, 90 - t * 0.01);
  REQUIRE_FALSE(bench.out.alerts.empty());
  CHECK(bench.out.alerts[0].sentence.find("falls by 36 % an hour: 20 % are expected in ") != std::string::npos);
  CHECK(bench.out.alerts[0].sentence.find(", at ") == std::string::npos);
}

TEST_CASE("gaps, duplicates, steps of UTC, time going back and impossible values do no harm") {
  Bench bench(rising());
  for (int t = 0; t <= 3300; t += 60) bench.say(t, 0.3 + t * 0.0001);
  bench.say(3000, 0.0);
  bench.say(3300, 0.63);
  bench.say(3301, std::nan(""));
  bench.say(3302, -INFINITY);
  bench.say(3303, core::Value::number(99), core::Quality::bad);
  bench.utc_offset += std::chrono::hours(9999);
  CHECK(bench.out.alerts.empty());
  bench.say(9000, 0.95);  // after a gap there is no trend yet
  CHECK(bench.out.alerts.empty());
}

TEST_CASE("the trend is kept over a restart") {
  Bench before(rising());
  for (int t = 0; t <= 3300; t += 60) before.say(t, 0.3 + t * 0.0001);
  before.engine->close(before.at(3300), before.out);
  Bench after(rising());
  REQUIRE(after.restore(before.out.states, 3500).ok());
  for (int t = 3500; t <= 3560; t += 60) after.say(t, 0.3 + t * 0.0001);
  CHECK(after.out.story() == "raised orange");
  Bench again(rising());
  REQUIRE(again.restore(after.out.states, 3600).ok());
  again.say(3620, 0.3 + 3620 * 0.0001);
  CHECK(again.out.alerts.empty());
}

TEST_CASE("what forecast needs is checked") {
  CHECK(refusal(rising()) == "accepted");
  CHECK(refusal(rule("forecast", table({{"within", number(60)}}))) ==
        "rules.toml:7: rule 'road': above: give one of: above, below");
  CHECK(refusal(rule("forecast", table({{"above", number(1)}}))).find("within: is missing") != std::string::npos);
}
