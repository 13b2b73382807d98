#include "tests/rules/rules_fixture.h"

using namespace afferent;
using namespace afferent::test;

TEST_CASE("bad readings raise, a good one clears") {
  Bench bench(rule("range", table({})));
  bench.say(0, 1.0);
  bench.say(1, core::Value::number(99), core::Quality::bad);
  bench.say(2, core::Value::number(98), core::Quality::bad);
  REQUIRE(bench.out.story() == "raised yellow");
  CHECK(bench.out.alerts[0].value == 99);
  CHECK(bench.out.alerts[0].sentence == "Water level at Tianlin underpass reads 99 m, which is not a valid value.");
  bench.say(3, 1.0);
  CHECK(bench.out.story() == "raised yellow, cleared yellow");
  CHECK(bench.out.states.empty());
}

TEST_CASE("bad readings must last for the hold time") {
  Bench bench(rule("range", table({{"hold", number(60)}})));
  for (int t = 0; t < 600; t += 50) {  // one good reading between any two
    bench.say(t, core::Value::number(99), core::Quality::bad);
    bench.say(t + 25, 1.0);
  }
  CHECK(bench.out.alerts.empty());
  bench.say(600, core::Value::number(99), core::Quality::bad);
  bench.say(659, core::Value::number(99), core::Quality::bad);
  CHECK(bench.out.alerts.empty());
  bench.say(660, core::Value::number(99), core::Quality::bad);
  CHECK(bench.out.story() == "raised yellow");
}

TEST_CASE("uncertain, stale and non-finite good readings neither raise nor clear a range") {
  Bench bench(rule("range", table({})));
  const auto noise = [&bench](double from) {
    bench.say(from, core::Value::number(99), core::Quality::uncertain);
    bench.say(from + 1, core::Value::number(1), core::Quality::good, true);
    bench.say(from + 2, std::numeric_limits<double>::infinity());
  };
  noise(0);
  CHECK(bench.out.alerts.empty());
  bench.say(10, core::Value::number(std::numeric_limits<double>::quiet_NaN()), core::Quality::bad);
  CHECK(bench.out.story() == "raised yellow");
  CHECK(bench.out.alerts[0].value == 0.0);  // never a NaN in an alert
  noise(20);
  CHECK(bench.out.story() == "raised yellow");
}

TEST_CASE("a range's hold time is checked") {
  CHECK(
      refusal(rule("range", table({{"hold", number(-1, 4)}}))).starts_with("rules.toml:4: rule 'road': hold: is -1 s"));
  CHECK(refusal(rule("range", table({}), "")).starts_with("rules.toml:7: rule 'road': channel: is missing"));
}
