// Kind `flood`: one wild reading is no flood, and no peak.
#include "tests/rules/rules_fixture.h"

using namespace afferent;
using namespace afferent::test;

namespace {

rules::RuleSetup road_flood() {
  return rule("flood", table({{"begin", number(0.05)}, {"end", number(0.03)}, {"calm", number(600)}}));
}
double figure(const core::Event& event, std::size_t at) { return event.figures[at].value; }

}  // namespace

TEST_CASE("one wild reading on a dry road is no flood, however fast the sensor is polled") {
  for (const double every : {0.2, 0.5, 5.0, 60.0, 3600.0}) {
    CAPTURE(every);
    Bench bench(road_flood());
    const double wild = std::max(0.45, 0.9 * every);
    for (int i = 0; i < 200; ++i) {
      const double t = i * every;
      bench.say(t, t >= 100 * every && t < 100 * every + wild ? 2.5 : 0.0);
    }
    bench.run_until(200 * every + 3600);
    CHECK(bench.out.events.empty());
    REQUIRE_FALSE(bench.out.intervals.empty());
    CHECK(bench.out.intervals.back().second == core::Millis(0));
  }
}

TEST_CASE("a wild reading within a flood is not its peak, and after it does not make it longer") {
  Bench bench(road_flood());
  bench.say(0, 0.0);
  int readings = 0;
  for (int t = 30; t <= 930; t += 30, ++readings) bench.say(t, t == 330 ? 2.5 : t < 480 ? 0.08 : 0.12);
  for (int t = 960; t <= 2000; t += 30) {
    bench.run_until(t);
    bench.say(t, t == 1200 ? 2.5 : 0.0);
  }
  bench.run_until(4000);
  REQUIRE(bench.out.events.size() == 1);
  const core::Event& event = bench.out.events[0];
  CHECK(figure(event, 0) == doctest::Approx(0.12));
  CHECK(figure(event, 1) == doctest::Approx(450 / 60.0));
  CHECK(figure(event, 2) == doctest::Approx(930 / 60.0));
  CHECK(figure(event, 3) == readings + 1);  // and the first of the dry road, but not those of the calm
  CHECK(event.first.boot == bench.at(30).boot);
  CHECK(event.last.boot == bench.at(960).boot);
}

TEST_CASE("a flood that rises again within its calm is not over, however seldom it is polled") {
  Bench bench(road_flood());
  for (int t = 0; t <= 2400; t += 240) {
    bench.run_until(t);
    bench.say(t, t == 960 || t == 1200 ? 0.0 : 0.2);  // the calm would be over between 1440 and 1680
  }
  CHECK(bench.out.events.empty());
  bench.run_until(9000);
  CHECK(bench.out.events.empty());  // the last word was high
  for (int t = 9000; t <= 9900; t += 240) bench.say(t, 0.0);
  bench.run_until(12'000);
  CHECK(bench.out.events.size() == 1);
}

TEST_CASE("a flood begins with the first of two readings above its level") {
  Bench bench(road_flood());
  bench.say(0, 0.2);
  bench.say(30, 0.01);
  bench.say(60, 0.3);
  CHECK(bench.out.states.empty());
  bench.say(90, 0.2);
  CHECK(bench.out.states.size() == 1);  // a power failure does not take it away
  bench.say(120, 0.0);
  bench.run_until(1000);
  REQUIRE(bench.out.events.size() == 1);
  CHECK(bench.out.events[0].first.boot == bench.at(60).boot);
  CHECK(figure(bench.out.events[0], 0) == doctest::Approx(0.2));
}
