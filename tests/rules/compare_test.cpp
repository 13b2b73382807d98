// What is as good as equal: a device keeps 0.3 as 0.30000001, and 1.1 - 1.0 is more than 0.1.
#include "agent/rules/compare.h"

#include <string>

#include "tests/rules/rules_fixture.h"

using namespace afferent;
using namespace afferent::test;

namespace {

constexpr double kFloat03 = 0.30000001192092896;  // 0.3 as a 32-bit float
constexpr double kFloat01 = 0.10000000149011612;

std::string told(const std::string& when, double value) {
  auto setup = rule("composite", table({{"when", text(when.c_str(), 9)}}), "");
  setup.severity = Severity::red;
  Bench bench(setup);
  bench.say(0, value);
  return bench.out.story();
}

}  // namespace

TEST_CASE("two readings are as far apart as they are in decimal") {
  CHECK(rules::apart(1.1, 1.0, 0.1) == 0.0);
  CHECK(rules::apart(1.0, 1.1, 0.1) == 0.0);
  CHECK(rules::apart(1.10000002384, 1.0, 0.1) == 0.0);  // of floats
  CHECK(rules::apart(1.1001, 1.0, 0.1) > 0.0);
  CHECK(rules::apart(1.0999, 1.0, 0.1) < 0.0);
}

TEST_CASE("an expression takes a limit as a device keeps it for the limit") {
  CHECK(told("level > 0.3", kFloat03) == "");
  CHECK(told("level >= 0.3", kFloat03) == "raised red");
  CHECK(told("level == 0.3", kFloat03) == "raised red");
  CHECK(told("level < 0.3", kFloat03) == "");
  CHECK(told("level > 0.3", 0.3001) == "raised red");
}

TEST_CASE("neighbours that are just as far apart as they may be agree") {
  auto setup = rule("agree", table({{"tolerance", number(0.1)}}));
  setup.devices = {core::DeviceId{0}, core::DeviceId{1}, core::DeviceId{2}};
  Bench bench(setup);
  bench.add(3, 2, "level", core::Quantity::length);
  bench.say_on(0, 0, 1.0);
  bench.say_on(2, 0, 1.1);
  CHECK(bench.out.alerts.empty());  // of two
  bench.say_on(3, 1, 1.0);
  CHECK(bench.out.alerts.empty());  // of three
  bench.say_on(2, 2, 1.11);
  CHECK(bench.out.story() == "raised yellow");
}

TEST_CASE("a flood begins above its level, not at it") {
  Bench bench(rule("flood", table({{"begin", number(0.1)}, {"end", number(0.1)}, {"calm", number(60)}})));
  for (int t = 0; t < 600; t += 30) bench.say(t, kFloat01);
  bench.run_until(3600);
  CHECK(bench.out.events.empty());
  bench.say(3600, 0.2);
  bench.say(3630, 0.2);
  bench.say(3660, kFloat01);
  bench.run_until(3660 + 60);
  CHECK(bench.out.events.size() == 1);
}

TEST_CASE("a value that moves by no more than the tolerance stands still") {
  Bench bench(rule("stuck", table({{"after", number(3600)}, {"tolerance", number(0.1)}})));
  for (int t = 0; t <= 3600; t += 60) bench.say(t, t % 120 == 0 ? 1.0 : 1.1);
  CHECK(bench.out.story() == "raised yellow");
}
