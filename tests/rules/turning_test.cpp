// Rules with two limits: an alert that turns from one to the other says so.
#include "tests/rules/lifecycle_fixture.h"

using namespace afferent;
using namespace afferent::test;

namespace {

rules::RuleSetup red_sides(double clear_hold = 0) {
  auto steps = node(core::ConfigNode::List{step("red", "above", 4), step("red", "below", 0.5)});
  return rule("threshold", table({{"steps", steps}, {"clear_hold", number(clear_hold)}}));
}
rules::RuleSetup window_of(const char* measure, double over, const char* channel = "level") {
  return rule("window",
              table({{"measure", text(measure)},
                     {"over", number(over)},
                     {"coverage", number(0)},
                     {"above", number(8)},
                     {"below", number(2)},
                     {"clear_hold", number(3600)},
                     {"update", number(0)}}),
              channel);
}
bool says(const core::Alert& alert, std::string_view part) { return alert.sentence.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a value that falls from above one limit to below the other is told at once") {
  for (const double clear_hold : {0.0, 120.0}) {
    CAPTURE(clear_hold);
    Bench bench(red_sides(clear_hold));
    bench.say(0, 4.5);
    bench.say(1, 0.1);
    REQUIRE(bench.out.story() == "raised red, updated red");
    CHECK(bench.out.alerts[1].id == bench.out.alerts[0].id);
    CHECK(bench.out.alerts[1].limit == 0.5);
    CHECK(bench.out.alerts[1].sentence == "Water level at Tianlin underpass is 0.1 m, below the red limit of 0.5 m.");
    CHECK(bench.engine->active()[0].sentence == bench.out.alerts[1].sentence);
    CHECK(bench.out.alerts[1].evidence.back().value == 0.1);
    bench.say(2, 0.1);
    CHECK(bench.out.alerts.size() == 2);
    bench.say(700, 0.01);  // worse, by what counts on this side
    REQUIRE(bench.out.alerts.size() == 3);
    CHECK(bench.out.alerts[2].value == 0.01);
    bench.say(701, 9.0);
    REQUIRE(bench.out.alerts.size() == 4);
    CHECK(says(bench.out.alerts[3], "is 9 m, above the red limit of 4 m"));
  }
}

TEST_CASE("a turn is told after a restart, and at the end of a maintenance window in which it came") {
  Bench before(red_sides());
  before.say(0, 4.5);
  Bench after(red_sides());
  REQUIRE(after.restore(before.out.states, 10).ok());
  SUBCASE("restart") { after.say(11, 0.1); }
  SUBCASE("maintenance") {
    after.tick(10);
    REQUIRE(after.engine->add(works(after, 10, 600), after.at(10), after.out).ok());
    after.say(20, 0.1);
    CHECK(after.out.alerts.empty());
    after.run_until(601);
  }
  REQUIRE(after.out.story() == "updated red");
  CHECK(says(after.out.alerts[0], "below the red limit"));
}

TEST_CASE("a value that leaps from side to side flaps: it is held, and the list follows it") {
  auto setup = rule("threshold", table({{"above", number(0.3)}, {"below", number(-0.3)}}));
  setup.flapping = {3, core::Seconds(600), core::Seconds(300)};
  Bench bench(setup);
  for (int i = 0; i < 50; ++i) bench.say(10 * i, i % 2 == 0 ? 0.4 : -0.4);
  REQUIRE(bench.out.story() == "raised yellow, updated yellow, updated yellow");
  CHECK(bench.out.alerts[2].flapping == 3);
  CHECK(says(bench.out.alerts[2], "Raised 3 times within 10 min"));
  CHECK(says(bench.engine->active()[0], "is -0.4 m, below"));
  bench.say(500, 0.0);
  bench.run_until(801);
  CHECK(bench.out.story().ends_with("updated yellow, cleared yellow"));
  setup.flapping.raises = 0;
  Bench off(setup);
  for (int i = 0; i < 50; ++i) off.say(10 * i, i % 2 == 0 ? 0.4 : -0.4);
  CHECK(off.out.alerts.size() == 50);
}

TEST_CASE("what is held is told when it gets worse than all that was told, on the other side too") {
  auto setup = rule("threshold", table({{"above", number(0.3)}, {"below", number(-0.3)}}));
  setup.flapping = {3, core::Seconds(600), core::Seconds(300)};
  Bench bench(setup);
  for (int i = 0; i < 5; ++i) bench.say(10 * i, i % 2 == 0 ? 0.4 : -0.4);
  REQUIRE(bench.out.alerts.size() == 3);  // held, above
  for (int i = 5; i < 200; ++i) bench.say(10 * i, -0.4 - 0.01 * i);
  REQUIRE(bench.out.alerts.size() > 3);
  CHECK(says(bench.out.alerts.back(), "below"));
}

TEST_CASE("a rise that becomes a fall is told at once, and noise after it is no turn") {
  const auto setup =
      rule("rate",
           table({{"rise", number(0.25)}, {"fall", number(0.25)}, {"per", number(600)}, {"clear_hold", number(3000)}}));
  Bench bench(setup);
  for (int t = 0; t <= 600; t += 10) bench.say(t, 1.0);
  bench.say(610, 1.4);
  bench.say(620, 0.9);
  REQUIRE(bench.out.story() == "raised yellow, updated yellow");
  CHECK(bench.out.alerts[1].sentence ==
        "Water level at Tianlin underpass fell by 0.5 m within 10 min, more than the yellow limit of 0.25 m.");
  for (int t = 630; t <= 2000; t += 10) bench.say(t, 0.9 + 0.01 * (t / 10 % 5));
  CHECK(bench.out.alerts.size() == 2);
  Bench after(setup);
  REQUIRE(after.restore(bench.out.states, 2010).ok());
  for (int t = 2010; t <= 2500; t += 10) after.say(t, 0.9 + 0.01 * (t / 10 % 5));
  CHECK(after.out.alerts.empty());
  for (int t = 2510; t <= 6000; t += 10) after.say(t, 0.9);
  CHECK(after.out.story() == "cleared yellow");
}

TEST_CASE("a window that turns from above its limit to below the other is told at once") {
  Bench bench(window_of("max", 50));
  bench.say(0, 20.0);
  bench.say(60, 1.0);
  REQUIRE(bench.out.story() == "raised yellow, updated yellow");
  CHECK(says(bench.out.alerts[1], "is 1 m, below the yellow limit of 2 m"));
  for (int t = 120; t < 1200; t += 60) bench.say(t, 7.0);  // nearer to the upper one, and beyond none
  CHECK(bench.out.alerts.size() == 2);
  CHECK(says(bench.engine->active()[0], "below"));
}

TEST_CASE("a turn is seen where both sides have one wording") {
  Bench count(window_of("count", 600));
  for (int t = 0; t <= 1200; t += 60) count.say(t, 1.0);
  REQUIRE(count.out.story() == "raised yellow");
  count.run_until(2400);
  REQUIRE(count.out.story() == "raised yellow, updated yellow");
  CHECK(count.out.alerts[1].limit == 2);
  Bench use(window_of("rise", 600, "volume"));
  use.add(10, 0, "volume", core::Quantity::volume);
  for (int t = 0; t <= 1200; t += 60) use.say_on(10, t, 100 + t / 60.0);
  REQUIRE(use.out.story() == "raised yellow, updated yellow");  // little at first, when there is little time
  CHECK(use.out.alerts[1].limit == 8);
  for (int t = 1260; t <= 2400; t += 60) use.say_on(10, t, 120);
  REQUIRE(use.out.story() == "raised yellow, updated yellow, updated yellow");
  CHECK(use.out.alerts[2].limit == 2);
}
