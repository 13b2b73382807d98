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
        "Water level at Tianlin underpass is 0.642 m and rises by 0.36 m an hour: 1 m is expected in 1 h, at 16:27.");
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
  CHECK(bench.out.alerts[0].sentence.find("falls by 36 % an hour: 20 % is expected in ") != std::string::npos);
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

TEST_CASE("rare readings make a trend too: the window reaches back to the sixth") {
  for (const double step : {360.0, 420.0, 600.0, 900.0, 1200.0, 1800.0, 3600.0}) {
    CAPTURE(step);
    auto setup = rule("forecast", table({{"above", number(3.6)}, {"within", number(7200)}, {"trend", number(1800)}}));
    Bench bench(setup);
    double raised_at = 0;
    for (double t = 0; t <= 12 * 3600 && raised_at == 0; t += step) {
      bench.say(t, 2.0 + 0.25 * t / 3600);  // 3.6 at 6.4 h
      if (!bench.out.alerts.empty()) raised_at = t;
    }
    CHECK(raised_at >= 4.4 * 3600 - 1);
    CHECK(raised_at <= std::max(4.4 * 3600, 5 * step) + step);
  }
}

TEST_CASE("a reading that is missing does not make a rare trend begin anew, and a long gap does") {
  auto setup = rule("forecast", table({{"above", number(3.6)}, {"within", number(7200)}, {"trend", number(1800)}}));
  Bench bench(setup);
  for (int i = 0; i <= 9; ++i) {
    if (i != 5) bench.say(i * 1800.0, 2.0 + 0.125 * i);
  }
  CHECK(bench.out.story() == "raised yellow");
  Bench gap(setup);
  for (int i = 0; i <= 4; ++i) gap.say(i * 600.0, 2.0);
  gap.say(20'000, 3.0);
  for (int i = 1; i <= 4; ++i) gap.say(20'000 + i * 600.0, 3.0 + 0.05 * i);
  CHECK(gap.out.alerts.empty());  // five readings since
  gap.say(23'000, 3.25);
  CHECK(gap.out.story() == "raised yellow");
}

TEST_CASE("when the level is reached the alert says so, once, and its last sentence is true") {
  Bench bench(rising());
  for (int t = 0; t <= 10'000; t += 60) {
    bench.run_until(t);
    bench.say(t, 0.3 + t * 0.0001);  // 1.0 at 7000 s
  }
  REQUIRE_FALSE(bench.out.alerts.empty());
  const core::Alert& last = bench.out.alerts.back();
  CHECK(last.state == AlertState::updated);
  CHECK(last.last.boot >= bench.at(6990).boot);
  CHECK(last.last.boot <= bench.at(7020).boot);
  CHECK(last.sentence.ends_with(" m: 1 m has been reached, as was expected."));
  for (const core::Alert& alert : bench.out.alerts) {
    if (alert.expected && alert.last.utc >= *alert.expected) CHECK(alert.sentence.find(", at ") == std::string::npos);
  }
  Bench after(rising());
  REQUIRE(after.restore(bench.out.states, 10'030).ok());
  for (int t = 10'060; t <= 14'000; t += 60) after.say(t, 1.3);
  CHECK(after.out.alerts.empty());  // it is known
  for (int t = 10'060; t <= 14'000; t += 60) bench.say(t, 0.5);
  CHECK(bench.out.alerts.back().sentence.starts_with("Water level at Tianlin underpass is back to 0.5 m."));
}

TEST_CASE("a forecast that does not come true is told anew once its time is over") {
  Bench bench(rising());
  for (int t = 0; t <= 3600; t += 60) bench.say(t, 0.3 + t * 0.0001);
  REQUIRE(bench.out.story() == "raised orange");
  const core::Micros promised = *bench.out.alerts[0].expected;
  for (int t = 3660; t <= 9600; t += 60) {  // ever slower, so that it stays near
    bench.run_until(t);
    bench.say(t, 0.66 + (t - 3600) * 0.00005);
  }
  REQUIRE(bench.out.alerts.back().expected);
  CHECK(*bench.out.alerts.back().expected > promised);
  CHECK(bench.out.alerts.back().state == AlertState::updated);
}

TEST_CASE("a few points of noise that lie on a line by chance foretell nothing") {
  std::uint32_t random = 11;
  const auto even = [&] { return static_cast<double>((random = random * 1664525U + 1013904223U) >> 8) / (1 << 24); };
  const auto noise = [&] {  // nearly normal, 1 cm
    double sum = 0;
    for (int i = 0; i < 12; ++i) sum += even();
    return (sum - 6) * 0.01;
  };
  int wrong = 0;
  int missed = 0;
  for (const double step : {300.0, 600.0, 900.0, 1800.0}) {
    for (const double grain : {0.001, 0.01}) {
      for (int life = 0; life < 5; ++life) {
        const auto setup =
            rule("forecast", table({{"above", number(0.55)}, {"within", number(7200)}, {"trend", number(3600)}}));
        Bench bench(setup);
        const auto read = [&](double level) { return std::round((level + noise()) / grain) * grain; };
        double t = 0;
        for (; t < 20 * 86'400; t += step) bench.say(t, read(0.5));
        for (const core::Alert& alert : bench.out.alerts) wrong += alert.state == AlertState::raised ? 1 : 0;
        bench.out.alerts.clear();
        const double from = t;  // and a rise of 10 cm an hour from farther below is foretold all the same
        for (; t < from + 12 * 3600; t += step) bench.say(t, read(0.0));
        const double begin = t;
        for (; t < begin + 5.4 * 3600; t += step) bench.say(t, read((t - begin) / 3600 * 0.1));
        missed += bench.out.story().find("raised") == std::string::npos ? 1 : 0;
      }
    }
  }
  CHECK(wrong <= 8);  // in 800 days
  CHECK(missed == 0);
}
