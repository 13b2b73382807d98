#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "agent/rules/phrases.h"
#include "tests/rules/rules_fixture.h"

using namespace afferent;
using namespace afferent::test;

namespace {

rules::RuleSetup flags() { return rule("flags", table({}), ""); }

void set(Bench& bench, double t, std::initializer_list<std::pair<std::uint32_t, bool>> values) {
  for (const auto& [series, value] : values) {
    bench.say(t, core::Value::boolean(value), core::Quality::good, false, series);
  }
}

// All flag_ names in the sources and profiles of the drivers.
std::set<std::string> flags_of_drivers() {
  std::set<std::string> all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(AFFERENT_SOURCE "/drivers")) {
    const std::string extension = entry.path().extension().string();
    if (extension != ".cpp" && extension != ".h" && extension != ".toml") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    for (std::size_t at = text.find("\"flag_"); at != std::string::npos; at = text.find("\"flag_", at + 1)) {
      const std::size_t end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_", at + 1);
      const std::string name = text.substr(at + 1, end - at - 1);
      if (name != "flag_" && end < text.size() && text[end] == '"') all.insert(name);
    }
  }
  return all;
}

}  // namespace

TEST_CASE("every flag that a driver knows has a name in both languages and is told") {
  const std::set<std::string> all = flags_of_drivers();
  CHECK(all.size() >= 40);
  const std::set<std::string> states{"flag_busy", "flag_card_enabled", "flag_pump_running"};
  std::string told;
  for (const std::string& name : all) {
    CAPTURE(name);
    const std::string english(rules::noun_of(rules::Language::english, name));
    const std::string chinese(rules::noun_of(rules::Language::chinese, name));
    CHECK_FALSE(english.empty());
    CHECK_FALSE(chinese.empty());
    CHECK(english != chinese);
    Bench bench(flags());
    bench.add(11, 0, name.c_str(), core::Quantity::boolean);
    set(bench, 0, {{11, false}});
    CHECK(bench.out.alerts.empty());
    set(bench, 10, {{11, true}});
    REQUIRE(bench.out.alerts.size() == (states.contains(name) ? 0U : 1U));
    if (!bench.out.alerts.empty()) {
      CHECK(bench.out.alerts[0].sentence == "The device at Tianlin underpass reports: " + english + ".");
      told += "\n" + std::string(core::name_of(bench.out.alerts[0].severity)) + " " + name + ": " + english + ", " +
              chinese;
    }
  }
  MESSAGE(told);
}

TEST_CASE("a flag that nobody knows is told too") {
  Bench bench(flags());
  bench.add(11, 0, "flag_valve_jammed", core::Quantity::boolean);
  set(bench, 0, {{11, true}});
  REQUIRE(bench.out.story() == "raised blue");
  CHECK(bench.out.alerts[0].sentence == "The device at Tianlin underpass reports: valve jammed (a flag of its own).");
  set(bench, 10, {{11, false}});
  CHECK(bench.out.story() == "raised blue, cleared blue");
}

TEST_CASE("another flag is news though no more are set than before") {
  Bench bench(flags());
  bench.add(11, 0, "flag_low_battery", core::Quantity::boolean);
  bench.add(12, 0, "flag_dry", core::Quantity::boolean);
  bench.say_all(0, {{11, core::Value::boolean(true)}, {12, core::Value::boolean(false)}});
  bench.say_all(10, {{11, core::Value::boolean(false)}, {12, core::Value::boolean(true)}});
  REQUIRE(bench.out.story() == "raised blue, updated blue");
  CHECK(bench.out.alerts[1].sentence.ends_with("reports: empty pipe."));
  bench.say_all(20, {{11, core::Value::boolean(true)}, {12, core::Value::boolean(true)}});
  bench.say_all(30, {{11, core::Value::boolean(false)}, {12, core::Value::boolean(true)}});
  CHECK(bench.out.alerts.size() <= 3);
}

TEST_CASE("which flags do not count can be said") {
  auto setup = rule("flags", table({{"ignore", node(core::ConfigNode::List{text("flag_leak")})}}), "");
  Bench bench(setup);
  bench.add(11, 0, "flag_leak", core::Quantity::boolean);
  bench.add(12, 0, "flag_pump_running", core::Quantity::boolean);
  set(bench, 0, {{11, true}});
  CHECK(bench.out.alerts.empty());
  set(bench, 10, {{12, true}});
  CHECK(bench.out.story() == "raised blue");
  CHECK(refusal(rule("flags", table({{"ignore", node(core::ConfigNode::List{text("leak", 4)})}}), "")) ==
        "rules.toml:4: rule 'road': ignore: 'leak' is not a flag's channel, such as flag_leak");
}

TEST_CASE("flags that are set stay so over a restart, known or not, without a second alert") {
  Bench before(flags());
  before.add(11, 0, "flag_leak", core::Quantity::boolean);
  before.add(12, 0, "flag_own", core::Quantity::boolean);
  before.say_all(0, {{11, core::Value::boolean(true)}, {12, core::Value::boolean(true)}});
  REQUIRE(before.out.story() == "raised yellow");
  Bench after(flags());
  after.add(21, 0, "flag_own", core::Quantity::boolean);
  after.add(22, 0, "flag_leak", core::Quantity::boolean);
  REQUIRE(after.restore(before.out.states, 100).ok());
  after.say_all(110, {{21, core::Value::boolean(true)}, {22, core::Value::boolean(true)}});
  CHECK(after.out.alerts.empty());
  after.say_all(120, {{21, core::Value::boolean(true)}, {22, core::Value::boolean(false)}});
  CHECK(after.out.story() == "updated blue");
  after.say_all(130, {{21, core::Value::boolean(false)}, {22, core::Value::boolean(false)}});
  CHECK(after.out.story() == "updated blue, cleared blue");
}

TEST_CASE("a flag that went is no longer named, and one that comes again is told, four times a minute at most") {
  Bench bench(flags());
  bench.add(11, 0, "flag_burst", core::Quantity::boolean);
  bench.add(12, 0, "flag_leak", core::Quantity::boolean);
  const auto report = [&](double t, bool burst, bool leak) {
    bench.run_until(t);
    bench.say_all(t, {{11, core::Value::boolean(burst)}, {12, core::Value::boolean(leak)}});
  };
  const auto last = [&] { return bench.out.alerts.back().sentence; };
  report(0, true, false);
  report(60, true, true);
  REQUIRE(bench.out.story() == "raised orange, updated orange");
  CHECK(last() == "The device at Tianlin underpass reports: burst pipe, leak.");
  report(120, true, false);
  REQUIRE(bench.out.alerts.size() == 3);
  CHECK(last() == "The device at Tianlin underpass reports: burst pipe.");
  CHECK(bench.engine->active().at(0).sentence == last());
  report(180, true, true);
  REQUIRE(bench.out.alerts.size() == 4);
  CHECK(last().ends_with("burst pipe, leak."));
  for (int i = 0; i < 60; ++i) report(181 + i, true, i % 2 != 0);  // it trembles, and is set in the end
  CHECK(bench.out.alerts.size() <= 4 + 5);
  bench.run_until(300);
  CHECK(last().ends_with("burst pipe, leak."));
  const std::size_t told = bench.out.alerts.size();
  bench.run_until(3600);
  CHECK(bench.out.alerts.size() == told);
}
