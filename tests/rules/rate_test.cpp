#include <cmath>

#include "tests/rules/rules_fixture.h"

using namespace afferent;
using namespace afferent::test;

namespace {

rules::RuleSetup rise(double amount, double per) {
  return rule("rate", table({{"rise", number(amount)}, {"per", number(per)}}));
}

}  // namespace

TEST_CASE("a jump is seen at once, and the alert ends when it has left the window") {
  Bench bench(rise(0.25, 600));
  for (int t = 0; t < 3000; t += 10) bench.say(t, 1.0);
  bench.say(3000, 1.3);
  CHECK(bench.out.story() == "raised yellow");
  CHECK(bench.out.alerts[0].value == doctest::Approx(0.3));
  for (int t = 3010; t <= 3500; t += 10) bench.say(t, 1.3);
  CHECK(bench.out.story() == "raised yellow");
  for (int t = 3510; t <= 3700; t += 10) bench.say(t, 1.3);
  CHECK(bench.out.story() == "raised yellow, cleared yellow");
}

TEST_CASE("a slow ramp is measured over the whole window, at any polling rate") {
  for (const double interval : {0.5, 7.0, 10.0, 61.0, 250.0, 599.0, 900.0, 2000.0}) {
    CAPTURE(interval);
    for (const double share : {0.97, 1.03}) {
      Bench bench(rise(0.25, 600));
      for (double t = 0; t < 20000; t += interval) bench.say(t, 3 + share * 0.25 * t / 600);
      CHECK(bench.out.story().starts_with(share > 1 ? "raised yellow" : ""));
      CHECK(bench.out.alerts.empty() == (share < 1));
      CHECK(bench.out.story().find("cleared") == std::string::npos);
    }
  }
}

TEST_CASE("a fall has its own limit") {
  Bench bench(rule("rate", table({{"rise", number(5)}, {"fall", number(0.2)}, {"per", number(60)}})));
  bench.say(0, 2.0);
  bench.say(30, 1.7);
  REQUIRE(bench.out.story() == "raised yellow");
  CHECK(bench.out.alerts[0].limit == 0.2);
  CHECK(bench.out.alerts[0].sentence ==
        "Water level at Tianlin underpass fell by 0.3 m within 1 min, more than the yellow limit of 0.2 m.");
}

TEST_CASE("ups and downs count from the lowest value in the window, not from its start") {
  Bench bench(rise(0.25, 600));
  bench.say(0, 1.0);
  bench.say(100, 0.8);
  bench.say(200, 0.9);
  CHECK(bench.out.alerts.empty());
  bench.say(300, 1.06);
  CHECK(bench.out.story() == "raised yellow");
}

TEST_CASE("a value that swings less than the amount never raises, for any length of time") {
  Bench bench(rise(0.25, 600));
  for (int i = 0; i < 50000; ++i) bench.say(i * 3.0, 1.0 + 0.12 * std::sin(i * 0.7) + 0.0001 * std::fmod(i, 17));
  CHECK(bench.out.alerts.empty());
}

TEST_CASE("a small rise on a large total is measured exactly") {
  Bench total(rise(0.010, 600));
  total.say(-500, 9e6);  // it may begin anywhere else
  for (int t = 0; t < 7200; t += 10) total.say(t, 123456.789 + 0.0095 * t / 600);
  CHECK(total.out.alerts.empty());
  for (int t = 7200; t < 9000; t += 10) total.say(t, 123456.789 + 0.0095 * 12 + 0.0105 * (t - 7200) / 600);
  CHECK(total.out.story() == "raised yellow");
}

TEST_CASE("a gap in the data counts with its mean slope") {
  Bench bench(rise(0.25, 600));
  for (int t = 0; t <= 600; t += 10) bench.say(t, 1.0);
  bench.say(600 + 36000, 1.0 + 0.25 * 59);  // just below the rate over ten hours
  CHECK(bench.out.alerts.empty());
  bench.say(600 + 36000 * 2, 1.0 + 0.25 * 59 + 0.25 * 61);
  CHECK(bench.out.story() == "raised yellow");
}

TEST_CASE("a rate never judges stale, bad or non-finite readings, nor time that goes back") {
  Bench bench(rise(0.25, 600));
  for (int t = 0; t <= 600; t += 10) bench.say(t, 1.0);
  bench.say(610, core::Value::number(9), core::Quality::good, true);
  bench.say(611, core::Value::number(9), core::Quality::bad);
  bench.say(612, std::numeric_limits<double>::quiet_NaN());
  bench.say(613, std::numeric_limits<double>::infinity());
  bench.say(300, 9.0);
  CHECK(bench.out.alerts.empty());
  bench.say(620, 1.1);
  CHECK(bench.out.alerts.empty());
}

TEST_CASE("a rate's hold time is broken by one calm reading") {
  Bench bench(rule("rate", table({{"rise", number(0.25)}, {"per", number(60)}, {"hold", number(30)}})));
  bench.say(0, 1.0);
  bench.say(10, 1.3);
  bench.say(20, 1.3);
  bench.say(65, 1.2);  // the 1.0 has left the window before the hold time was over
  for (int t = 75; t < 300; t += 10) bench.say(t, 1.2);
  CHECK(bench.out.alerts.empty());
}

TEST_CASE("a UTC step of 30 days neither raises nor clears a rate") {
  Bench bench(rise(0.25, 600));
  for (int t = 0; t <= 600; t += 10) bench.say(t, 1.0);
  bench.utc_offset += std::chrono::hours(24 * 30);
  bench.say(610, 1.1);
  bench.utc_offset -= std::chrono::hours(24 * 60);
  bench.say(620, 1.2);
  CHECK(bench.out.alerts.empty());
  bench.say(630, 1.3);
  CHECK(bench.out.story() == "raised yellow");
}

TEST_CASE("a rate without an amount or a time is refused") {
  CHECK(refusal(rule("rate", table({{"per", number(60)}}))) ==
        "rules.toml:7: rule 'road': rise: give rise, fall or both");
  CHECK(
      refusal(rule("rate", table({{"rise", number(1)}}, 3))).starts_with("rules.toml:3: rule 'road': per: is missing"));
  CHECK(refusal(rule("rate", table({{"rise", number(0, 5)}, {"per", number(60)}})))
            .starts_with("rules.toml:5: rule 'road': rise: is 0"));
  CHECK(refusal(rule("rate", table({{"rise", number(1)}, {"per", number(0, 6)}})))
            .starts_with("rules.toml:6: rule 'road': per: is 0 s, allowed:"));
  CHECK(refusal(rule("rate", table({{"rise", number(1)}, {"per", number(60)}, {"hysteresis", number(1, 8)}}))) ==
        "rules.toml:8: rule 'road': hysteresis: is 1, must be less than the change of 1 that raises the alert");
}

TEST_CASE("threshold and rate need at most 256 bytes for each rule on each device") {
  CHECK(rules::instance_bytes("threshold") > 0);
  CHECK(rules::instance_bytes("threshold") <= 256);
  CHECK(rules::instance_bytes("rate") > 0);
  CHECK(rules::instance_bytes("rate") <= 256);
  CHECK(rules::instance_bytes("no such kind") == 0);
}

TEST_CASE("a ramp that rises exactly by the limit is not above it, at any interval") {
  for (const int every : {30, 60, 600, 700}) {
    CAPTURE(every);
    Bench bench(rise(0.3, 3600));
    for (int t = 7; t < 5 * 3600; t += every) bench.say(t, std::round((1.0 + 0.3 * (t - 7) / 3600) * 1e6) / 1e6 + 0.0);
    if (every == 600 || every == 60) CHECK(bench.out.alerts.empty());
    for (const core::Alert& alert : bench.out.alerts) CHECK(alert.sentence.find("0.3 m within") == std::string::npos);
  }
}

TEST_CASE("a fall is told as it was") {
  Bench bench(rule("rate", table({{"fall", number(0.3)}, {"per", number(1200)}})));
  for (int t = 3; t <= 3600; t += 300) bench.say(t, std::round((2.0 - 0.1 * (t - 3) / 300) * 1e3) / 1e3);
  REQUIRE(bench.out.story() == "raised yellow");
  CHECK(bench.out.alerts[0].sentence ==
        "Water level at Tianlin underpass fell by 0.4 m within 20 min, more than the yellow limit of 0.3 m.");
}

TEST_CASE("a leap from one end of all numbers to the other is told with a number") {
  Bench bench(rule("rate", table({{"rise", number(1)}, {"per", number(600)}})));
  bench.say(0, -1e308);
  bench.say(10, 1e308);
  bench.say(20, -1.7e308);
  REQUIRE(bench.out.story().starts_with("raised yellow"));
  for (const core::Alert& alert : bench.out.alerts) CHECK(std::isfinite(alert.value));
  CHECK(bench.out.alerts[0].sentence.find("inf") == std::string::npos);
  for (int t = 30; t < 2000; t += 10) bench.say(t, 0.5);
  CHECK(bench.out.alerts.back().state == AlertState::cleared);
}
