#include <cmath>

#include "tests/rules/rules_fixture.h"

using namespace afferent;
using namespace afferent::test;

namespace {

rules::RuleSetup neighbours(std::uint32_t count, double hold = 0) {
  auto setup = rule("agree", table({{"tolerance", number(0.05)}, {"hold", number(hold)}}));
  setup.devices.clear();
  for (std::uint32_t i = 0; i < count; ++i) setup.devices.push_back(core::DeviceId{i});
  return setup;
}
Bench three(double hold = 0) {
  Bench bench(neighbours(3, hold));
  bench.add(3, 2, "level", core::Quantity::length);
  return bench;
}
void all(Bench& bench, double at, double a, double b, double c) {
  bench.say_on(0, at, a);
  bench.say_on(2, at + 1, b);
  bench.say_on(3, at + 2, c);
}

}  // namespace

TEST_CASE("of three the one that is alone is named") {
  Bench bench = three(5);
  all(bench, 0, 0.20, 0.21, 0.19);
  CHECK(bench.out.alerts.empty());
  all(bench, 10, 0.20, 0.60, 0.21);
  bench.run_until(19);
  REQUIRE(bench.out.story() == "raised yellow");
  CHECK(bench.out.alerts[0].device == core::DeviceId{1});
  CHECK(bench.out.alerts[0].sentence == "Water level at level-2 is 0.6 m, but its neighbours say 0.21 m.");
  all(bench, 20, 0.30, 0.31, 0.29);
  bench.run_until(30);
  CHECK(bench.out.story() == "raised yellow, cleared yellow");
}

TEST_CASE("of two nobody can say which, so the first speaks") {
  Bench bench(neighbours(2));
  bench.say_on(0, 0, 0.2);
  bench.say_on(2, 1, 0.5);
  REQUIRE(bench.out.story() == "raised yellow");
  CHECK(bench.out.alerts[0].device == core::DeviceId{0});
  CHECK(bench.out.alerts[0].sentence ==
        "Water level at Tianlin underpass is 0.2 m, but 0.5 m at level-2: one of them is wrong.");
}

TEST_CASE("where all differ there is one alert") {
  Bench bench = three();
  all(bench, 0, 0.1, 0.3, 0.5);
  bench.run_until(10);
  std::size_t active = 0;
  for (const core::Alert& alert : bench.engine->active()) {
    ++active;
    CHECK(alert.device == core::DeviceId{0});
  }
  CHECK(active == 1);
}

TEST_CASE("a difference must last; a wave that passes one after the other is none") {
  Bench bench = three(60);
  all(bench, 0, 0.2, 0.2, 0.2);
  bench.say_on(0, 10, 0.5);
  bench.say_on(2, 30, 0.5);
  bench.say_on(3, 50, 0.5);
  bench.run_until(1000);
  CHECK(bench.out.alerts.empty());
  bench.say_on(0, 1001, 0.2);
  bench.say_on(2, 1002, 0.2);
  bench.say_on(3, 1003, 0.5);
  bench.run_until(1061);
  CHECK(bench.out.alerts.empty());
  bench.run_until(1064);
  REQUIRE(bench.out.story() == "raised yellow");
  CHECK(bench.out.alerts[0].device == core::DeviceId{2});
}

TEST_CASE("silent, bad and impossible neighbours do not count") {
  Bench bench = three();
  bench.say_on(0, 0, 0.2);
  bench.say_on(2, 0, 0.2);
  bench.say(1, core::Value::number(9), core::Quality::bad, false, 3);
  bench.say_on(3, 2, std::nan(""));
  bench.say_on(3, 3, INFINITY);
  CHECK(bench.out.alerts.empty());
  bench.say_on(0, 2000, 0.9);  // the others' values are old
  CHECK(bench.out.alerts.empty());
  bench.say_on(2, 2001, 0.9);
  CHECK(bench.out.alerts.empty());
}

TEST_CASE("an alert goes on after a restart and a step of the clock changes nothing") {
  Bench bench = three(5);
  all(bench, 0, 0.20, 0.60, 0.21);
  bench.run_until(10);
  REQUIRE(bench.out.story() == "raised yellow");
  Bench after = three(5);
  REQUIRE(after.restore(bench.out.states, 20).ok());
  after.utc_offset += std::chrono::hours(1000);
  after.say_on(2, 21, 0.6);
  CHECK(after.out.alerts.empty());
  all(after, 22, 0.20, 0.60, 0.21);
  CHECK(after.out.alerts.empty());
  all(after, 30, 0.20, 0.20, 0.21);
  after.run_until(40);
  CHECK(after.out.story() == "cleared yellow");
}

TEST_CASE("what agree needs is checked") {
  CHECK(refusal(neighbours(2)) == "accepted");
  CHECK(refusal(neighbours(1)) == "rules.toml:7: rule 'road': devices: needs at least two devices to compare");
  CHECK(refusal(rule("agree", table({}))).find("tolerance: is missing") != std::string::npos);
  Bench text(neighbours(2), core::Quantity::text);
  CHECK(text.engine->check().size() >= 2);
}
