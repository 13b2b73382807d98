// Rules whose device lacks what they judge: refused at the start, or waited for where only the wire can tell.
#include "tests/rules/rules_fixture.h"

using namespace afferent;
using namespace afferent::test;

namespace {

Bench on_street(rules::RuleSetup setup, bool open) {
  std::vector<rules::DeviceNames> names = street();
  names[0].open = open;
  return Bench({std::move(setup)}, core::Quantity::length, rules::Language::english, {}, std::move(names));
}
std::string objections(const Bench& bench) {
  std::string all;
  for (const core::Error& error : bench.engine->check()) all += (all.empty() ? "" : "\n") + error.message();
  return all;
}

}  // namespace

TEST_CASE("a cover or flags on a device that has none of their channels are refused with what there is") {
  auto cover = rule("manhole", table({}), "");
  cover.devices = {core::DeviceId{3}};
  CHECK(objections(on_street(cover, false)) ==
        "rules.toml:7: rule 'road': device: device 'rain-1' has no channel that kind 'manhole' judges (tilt, open, "
        "moved, flooded, level); it has: none yet");
  const std::string flags = objections(on_street(rule("flags", table({}), ""), false));
  CHECK(flags ==
        "rules.toml:7: rule 'road': device: device 'level-1' has no channel that kind 'flags' judges (flag_*); it has: "
        "level, battery");
}

TEST_CASE("one of the channels is enough") {
  CHECK(objections(on_street(rule("manhole", table({}), ""), false)).empty());  // it has a level
  Bench bench = on_street(rule("flags", table({}), ""), false);
  bench.add(5, 0, "flag_leak", core::Quantity::boolean);
  CHECK(objections(bench).empty());
  CHECK(bench.engine->waiting().empty());
}

TEST_CASE("flags that may be missing are no mistake, and nothing is waited for") {
  Bench bench = on_street(rule("flags", table({{"optional", node(true)}}), ""), false);
  CHECK(objections(bench).empty());
  CHECK(bench.engine->waiting().empty());
}

TEST_CASE("a device whose channels come from the wire is waited for, whatever the kind, until they come") {
  struct Wish {
    rules::RuleSetup setup;
    const char* line;
  };
  const Wish wishes[] = {
      {rule("threshold", table({{"above", number(1)}}), "volume"),
       "rule 'road' waits for a channel 'volume' of device 'level-1'"},
      {rule("composite", table({{"when", text("volume > 1")}}), ""),
       "rule 'road' waits for a channel 'volume' of device 'level-1'"},
      {rule("custody", table({}), ""), "rule 'road' waits for a channel 'tag' of device 'level-1'"},
  };
  for (const Wish& wish : wishes) {
    CAPTURE(wish.setup.kind);
    Bench closed = on_street(wish.setup, false);
    CHECK_FALSE(objections(closed).empty());
    Bench bench = on_street(wish.setup, true);
    CHECK(objections(bench).empty());
    CHECK(bench.engine->waiting() == std::vector<std::string>{wish.line});
    bench.add(5, 0, "volume", core::Quantity::volume);
    bench.add(6, 0, "tag", core::Quantity::text);
    CHECK(bench.engine->waiting().empty());
  }
  Bench flags = on_street(rule("flags", table({}), ""), true);
  CHECK(objections(flags).empty());
  REQUIRE(flags.engine->waiting().size() == 1);
  CHECK(flags.engine->waiting()[0].starts_with("rule 'road' waits for a channel that kind 'flags' judges (flag_*)"));
  flags.add(5, 0, "flag_leak", core::Quantity::boolean);
  CHECK(flags.engine->waiting().empty());
}

TEST_CASE("a channel that came late and cannot be judged is shown") {
  Bench bench = on_street(rule("threshold", table({{"above", number(1)}}), "valve"), true);
  CHECK(objections(bench).empty());
  bench.add(5, 0, "valve", core::Quantity::text);
  REQUIRE(bench.engine->waiting().size() == 1);
  CHECK(bench.engine->waiting()[0] ==
        "rules.toml:7: rule 'road': channel: 'valve' of device 'level-1' is text: `above` and `below` need a number");
}

TEST_CASE("a rule that waited judges once its channel is there") {
  Bench bench = on_street(rule("threshold", table({{"above", number(1)}}), "volume"), true);
  bench.say(0, 5.0);
  bench.add(5, 0, "volume", core::Quantity::volume);
  bench.say_on(5, 10, 2.0);
  CHECK(bench.out.story() == "raised yellow");
  CHECK(bench.out.alerts[0].unit == "m3");
}

TEST_CASE("rules that need the date or the hour are known, for while the clock is not right") {
  auto night = rule("window", table({{"measure", text("max")}, {"hours", text("02:00-04:00")}, {"above", number(1)}}));
  night.id = "night";
  auto hour = rule("window", table({{"measure", text("max")}, {"over", number(3600)}, {"above", number(1)}}));
  hour.id = "hour";
  Bench bench({hour, night, rule("threshold", table({{"above", number(1)}}))});
  CHECK(bench.engine->calendar_rules() == std::vector<std::string>{"night"});
}
