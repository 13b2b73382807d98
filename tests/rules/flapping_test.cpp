// Alerts that come and go too often.
#include "tests/rules/lifecycle_fixture.h"

using namespace afferent;
using namespace afferent::test;

TEST_CASE("an alert that flaps is reported once more, held, and cleared when it was calm for a time") {
  Bench bench(gate());
  for (int i = 0; i < 3; ++i) {
    bench.say(20 * i, 0.4);
    bench.say(20 * i + 10, 0.1);
  }
  REQUIRE(bench.out.story() == "raised yellow, cleared yellow, raised yellow, cleared yellow, raised yellow");
  CHECK(bench.out.alerts.back().flapping == 3);
  CHECK(
      said(bench) ==
      "Water level at Tianlin underpass is 0.4 m, above the yellow limit of 0.3 m. Raised 3 times within 10 min: held "
      "until nothing was wrong for 5 min.");
  for (int i = 3; i < 50; ++i) {
    bench.say(20 * i, 0.4);
    bench.say(20 * i + 10, 0.1);
  }
  CHECK(bench.out.alerts.size() == 5);
  bench.run_until(990 + 299);
  CHECK(bench.out.alerts.size() == 5);
  bench.run_until(990 + 300);
  CHECK(bench.out.alerts.size() == 6);
  CHECK(bench.out.alerts.back().state == AlertState::cleared);
  CHECK(bench.engine->active().empty());
  CHECK(bench.out.states.empty());
  bench.say(2000, 0.4);  // it begins anew
  CHECK(bench.out.alerts.back().state == AlertState::raised);
  CHECK(bench.out.alerts.back().flapping == 0);
}

TEST_CASE("slow repetitions are no flapping, and 0 turns it off") {
  Bench slow(gate());
  for (int i = 0; i < 10; ++i) {
    slow.say(400 * i, 0.4);
    slow.say(400 * i + 10, 0.1);
    slow.run_until(400 * i + 399);
  }
  CHECK(slow.out.alerts.size() == 20);
  Bench off(gate(0));
  for (int i = 0; i < 10; ++i) {
    off.say(2 * i, 0.4);
    off.say(2 * i + 1, 0.1);
  }
  CHECK(off.out.alerts.size() == 20);
}

TEST_CASE("an alert that is held escalates, keeps its worst and survives a restart") {
  auto setup = storm();
  setup.flapping = {2, core::Seconds(600), core::Seconds(300)};
  Bench bench(setup);
  bench.say(0, 0.12);
  bench.say(1, 0.0);
  bench.say(2, 0.12);
  bench.say(3, 0.0);
  bench.say(4, 0.6);
  bench.say(5, 0.12);
  bench.say(6, 0.0);
  REQUIRE(bench.out.story() == "raised blue, cleared blue, raised blue, escalated red");
  Bench after(setup);
  REQUIRE(after.restore(bench.out.states, 100).ok());
  after.run_until(305);
  CHECK(after.out.alerts.empty());
  after.run_until(307);
  CHECK(after.out.story() == "cleared red");
}
