#include "tests/rules/rules_fixture.h"

using namespace afferent;
using namespace afferent::test;

namespace {

rules::RuleSetup silent(double after, std::string channel = {}) {
  return rule("silent", table({{"after", number(after)}}), std::move(channel));
}

}  // namespace

TEST_CASE("a device that never spoke is silent, counted from the start") {
  Bench bench(silent(1800));
  REQUIRE(bench.restore({}, 0).ok());
  bench.run_until(1799);
  CHECK(bench.out.alerts.empty());
  bench.run_until(1800);
  REQUIRE(bench.out.story() == "raised yellow");
  CHECK(bench.out.alerts[0].value == 1800);
  CHECK(bench.out.alerts[0].unit == "s");
  CHECK(bench.out.alerts[0].sentence == "Tianlin underpass has given no good reading of any channel for 30 min.");
  bench.run_until(1e6);
  CHECK(bench.out.alerts.size() == 1);
}

TEST_CASE("silence begins after the last good reading and ends with the first") {
  Bench bench(silent(60));
  for (int t = 0; t < 600; t += 50) {
    bench.run_until(t);
    bench.say(t, 1.0);
  }
  CHECK(bench.out.alerts.empty());
  bench.run_until(609);
  CHECK(bench.out.alerts.empty());
  bench.run_until(700);
  CHECK(bench.out.story() == "raised yellow");
  bench.say(700, core::Value::number(1), core::Quality::bad);
  bench.say(701, core::Value::number(1), core::Quality::uncertain);
  bench.say(702, std::numeric_limits<double>::quiet_NaN());
  CHECK(bench.out.story() == "raised yellow");
  bench.say(703, 1.0);
  CHECK(bench.out.story() == "raised yellow, cleared yellow");
  CHECK(bench.out.alerts[1].value == 703 - 550);
  bench.run_until(763);
  CHECK(bench.out.alerts.size() == 3);  // and it may fall silent again
}

TEST_CASE("a stale reading is a sign of life, a bad one is not") {
  Bench bench(silent(60));
  bench.say(0, 1.0);
  bench.say(50, core::Value::number(1), core::Quality::good, true);
  bench.run_until(100);
  CHECK(bench.out.alerts.empty());
  bench.say(105, core::Value::number(1), core::Quality::bad);
  bench.run_until(110);
  CHECK(bench.out.story() == "raised yellow");
}

TEST_CASE("any channel of the device counts, unless one is named") {
  Bench any(silent(60));
  any.say(0, 1.0);
  any.say(50, core::Value::number(90), core::Quality::good, false, 1);
  any.run_until(100);
  CHECK(any.out.alerts.empty());
  Bench one(silent(60, "level"));
  one.say(0, 1.0);
  one.say(50, core::Value::number(90), core::Quality::good, false, 1);
  one.run_until(100);
  CHECK(one.out.story() == "raised yellow");
}

TEST_CASE("a text is as good as a number") {
  Bench bench(silent(60), core::Quantity::text);
  bench.say(0, core::Value::text("E200"));
  bench.say(50, core::Value::text("E200"));
  bench.run_until(100);
  CHECK(bench.out.alerts.empty());
}

TEST_CASE("UTC steps of 30 days do not end or begin a silence") {
  Bench bench(silent(3600));
  bench.say(0, 1.0);
  bench.utc_offset += std::chrono::hours(24 * 30);
  bench.tick(3599);
  bench.utc_offset -= std::chrono::hours(24 * 60);
  bench.tick(3599.5);
  CHECK(bench.out.alerts.empty());
  bench.tick(3600);
  CHECK(bench.out.story() == "raised yellow");
}

TEST_CASE("silent needs a time") {
  CHECK(refusal(rule("silent", table({}, 2))).starts_with("rules.toml:2: rule 'road': after: is missing"));
  CHECK(refusal(rule("silent", table({{"after", number(0, 4)}})))
            .starts_with("rules.toml:4: rule 'road': after: is 0 s, allowed: 0.1 to"));
  CHECK(refusal(rule("silent", table({{"after", node(std::string("soon"), 4)}}))) ==
        "rules.toml:4: rule 'road': after: must be a duration such as \"30 s\", \"5 min\" or \"12 h\"");
}
