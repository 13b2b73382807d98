#include "tests/rules/rules_fixture.h"

#include <set>

using namespace afferent;
using namespace afferent::test;

namespace {

std::string kind_names() {
  std::string all;
  for (const core::RuleKindSpec* kind : rules::kinds()) all += (all.empty() ? "" : ", ") + std::string(kind->name);
  return all;
}

}  // namespace

TEST_CASE("every mistake is reported at once, each with its place") {
  CountingRandom random;
  auto unknown = rule("treshold", table({}));
  auto typo = rule("threshold", table({{"abov", number(1, 12)}, {"hold", node(std::string("long"), 13)}}));
  typo.devices.clear();
  typo.id = "b";
  auto twice = rule("range", table({}));
  auto made = rules::Engine::create({unknown, typo, twice}, street(), random, rules::Language::english);
  REQUIRE_FALSE(made.ok());
  CHECK(made.error().code() == core::ErrorCode::bad_config);
  CHECK(made.error().message() ==
        "rules.toml:7: rule 'road': kind: 'treshold' is not known; allowed: " + kind_names() +
            "\n"
            "rules.toml:7: rule 'b': device: names no device\n"
            "rules.toml:12: rule 'b': abov: is not known here; allowed: above, below, equals, steps, hysteresis, hold, "
            "clear_hold, update\n"
            "rules.toml:13: rule 'b': hold: must be a duration such as \"30 s\", \"5 min\" or \"12 h\"\n"
            "rules.toml:7: rule 'road': id: is taken by the rule at rules.toml:7");
}

TEST_CASE("what all kinds have in common is checked") {
  const auto base = rule("threshold", table({{"above", number(1)}}));
  CHECK(refusal(base) == "accepted");
  auto changed = base;
  changed.channel = "";
  CHECK(refusal(changed) == "rules.toml:7: rule 'road': channel: is missing: kind 'threshold' judges one");
  changed.channel = "Level!";
  CHECK(refusal(changed) ==
        "rules.toml:7: rule 'road': channel: 'Level!' is not a channel's name, such as level or volume@1");
  changed = base;
  changed.id = "a/b";
  CHECK(refusal(changed) == "rules.toml:7: rule 'a/b': id: must not be empty or hold a '/'");
  changed = base;
  changed.devices = {core::DeviceId{9}};
  CHECK(refusal(changed) == "rules.toml:7: rule 'road': device: there is no such device");
  changed.devices = {core::DeviceId{1}, core::DeviceId{1}};
  CHECK(refusal(changed) == "rules.toml:7: rule 'road': device: names a device twice");
  CHECK(refusal(rule("threshold", table({{"above", number(std::numeric_limits<double>::quiet_NaN(), 3)}}))) ==
        "rules.toml:3: rule 'road': above: must be a finite number");
  CHECK(refusal(rule("threshold", table({{"above", number(1)}, {"hysteresis", number(-1, 3)}}))) ==
        "rules.toml:3: rule 'road': hysteresis: is -1, must be at least 0");
  CHECK(refusal(rule("threshold", table({{"above", number(1)}, {"hold", number(1e9, 3)}}))).find("allowed: 0 to") !=
        std::string::npos);
}

TEST_CASE("a sentence of one's own is filled in, and a wrong placeholder is refused") {
  auto setup = rule("threshold", table({{"above", number(0.3)}}));
  setup.sentence = text("{{{severity}}} Close {name} ({device}): {value} {unit} > {limit} {unit}");
  Bench bench(setup);
  bench.say(0, 0.31);
  CHECK(bench.out.alerts.at(0).sentence == "{yellow} Close Tianlin underpass (level-1): 0.31 m > 0.3 m");
  bench.say(1, 0.1);
  CHECK(bench.out.alerts.at(1).sentence == "Water level at Tianlin underpass is back to 0.1 m.");
  setup.sentence = text("It is {valeu}");
  CHECK(refusal(setup) ==
        "rules.toml:7: rule 'road': sentence: column 7: there is no {valeu}; allowed: {name}, {device}, {rule}, "
        "{channel}, "
        "{value}, {limit}, {unit}, {severity}, {span}, {detail}, {other}, {when}, {ahead}");
  setup.sentence = text("It is {value");
  CHECK(refusal(setup) == "rules.toml:7: rule 'road': sentence: column 7: a single '{'; write {{ for a brace");
  setup.sentence = core::ConfigNode(std::string("It is {value"), {"rules.toml", 11});
  CHECK(refusal(setup).starts_with("rules.toml:11: rule 'road': sentence: column 7: "));
  setup.sentence = text("It is value}");
  CHECK(refusal(setup) == "rules.toml:7: rule 'road': sentence: column 12: a single '}'; write }} for a brace");
  setup.sentence = core::ConfigNode(std::string(501, 'x'), {});
  CHECK(refusal(setup) == "rules.toml:7: rule 'road': sentence: has 501 bytes, at most 500 are allowed");
}

TEST_CASE("sentences come in the node's language") {
  const auto setup = rule("threshold", table({{"steps", four_colours()}}));
  Bench english(setup);
  english.say(0, 0.31);
  CHECK(english.out.alerts.at(0).sentence ==
        "Water level at Tianlin underpass is 0.31 m, above the orange limit of 0.27 m.");
  Bench chinese({setup}, core::Quantity::length, rules::Language::chinese);
  chinese.say(0, 0.31);
  CHECK(chinese.out.alerts.at(0).sentence == "Tianlin underpass的水位为0.31 m，高于橙色限值0.27 m。");
  CHECK(rules::language_named("en") == rules::Language::english);
  CHECK(rules::language_named("zh") == rules::Language::chinese);
  CHECK_FALSE(rules::language_named("de").has_value());
}

TEST_CASE("numbers and durations read well") {
  CHECK(rules::number_text(0.1 + 0.2) == "0.3");
  CHECK(rules::number_text(static_cast<double>(0.31f)) == "0.31");
  CHECK(rules::number_text(123456.789) == "123456.8");
  CHECK(rules::number_text(123456.7891, "m3") == "123456.789");
  CHECK(rules::number_text(34.99865, "deg") == "35");
  CHECK(rules::number_text(12.3456, "m") == "12.35");
  CHECK(rules::number_text(0.1234567, "m") == "0.123");
  CHECK(rules::number_text(0.00001234, "m3/h") == "0.00001");
  CHECK(rules::number_text(1.23456789) == "1.235");
  CHECK(rules::number_text(1e9) == "1000000000");
  CHECK(rules::number_text(100) == "100");
  CHECK(rules::number_text(-0.0) == "0");
  CHECK(rules::number_text(-12.5) == "-12.5");
  CHECK(rules::duration_text(rules::Language::english, core::Seconds(45)) == "45 s");
  CHECK(rules::duration_text(rules::Language::english, core::Seconds(1800)) == "30 min");
  CHECK(rules::duration_text(rules::Language::english, core::Seconds(7500)) == "2 h 5 min");
  CHECK(rules::duration_text(rules::Language::chinese, core::Seconds(90000)) == "1天1小时");
}

TEST_CASE("a rule whose channel does not exist or cannot be judged is named, with what there is") {
  Bench missing(rule("threshold", table({{"above", number(1)}}), "flow"));
  REQUIRE(missing.engine->check().size() == 1);
  CHECK(missing.engine->check()[0].message() ==
        "rules.toml:7: rule 'road': channel: device 'level-1' has no channel 'flow'; it has: level, battery");
  Bench text(rule("threshold", table({{"above", number(1)}})), core::Quantity::text);
  REQUIRE(text.engine->check().size() == 1);
  CHECK(text.engine->check()[0].message() ==
        "rules.toml:7: rule 'road': channel: 'level' of device 'level-1' is text: `above` and `below` need a number");
  Bench boolean(rule("threshold", table({{"equals", node(true)}})));
  CHECK(boolean.engine->check().size() == 1);
  Bench right(rule("threshold", table({{"above", number(1)}})));
  CHECK(right.engine->check().empty());
  missing.add(3, 0, "flow", core::Quantity::flow);  // learned from the wire later
  CHECK(missing.engine->check().empty());
  missing.say(0, core::Value::number(2), core::Quality::good, false, 3);
  CHECK(missing.out.story() == "raised yellow");
}

TEST_CASE("several rules on one series do not disturb each other, and unknown series are passed over") {
  std::vector<rules::RuleSetup> setups;
  for (const double limit : {0.1, 0.2, 0.3, 0.4}) {
    setups.push_back(rule("threshold", table({{"above", number(limit)}})));
    setups.back().id = "r" + std::to_string(setups.size());
  }
  Bench bench(setups);
  bench.say(0, 0.25);
  REQUIRE(bench.out.story() == "raised yellow, raised yellow");
  CHECK(bench.out.alerts[0].rule == "r1");
  CHECK(bench.out.alerts[1].rule == "r2");
  bench.say(1, core::Value::number(9), core::Quality::good, false, 77);
  bench.say(2, 0.0);
  CHECK(bench.out.alerts.size() == 4);
  CHECK(bench.engine->active().empty());
}

TEST_CASE("evidence stays within sixteen samples through a long alert") {
  Bench bench(rule("threshold", table({{"above", number(0.3)}, {"update", number(1)}})));
  for (int i = 0; i < 5000; ++i) bench.say(i, 0.31 + 0.01 * i);
  CHECK(bench.out.alerts.size() > 100);
  for (const core::Alert& alert : bench.out.alerts) CHECK(alert.evidence.size() <= 16);
  for (const auto& [key, state] : bench.out.states) CHECK(state.bytes.size() < 1024);
}

TEST_CASE("the kinds publish their tables") {
  std::set<std::string_view> names;
  for (const core::RuleKindSpec* kind : rules::kinds()) {
    names.insert(kind->name);
    CHECK_FALSE(kind->summary.empty());
    for (const core::ConfigField& field : kind->options) CHECK_FALSE(field.help.empty());
  }
  for (const char* name :
       {"threshold", "rate", "silent", "range", "stuck", "window", "forecast", "composite", "agree"}) {
    CHECK_MESSAGE(names.contains(name), name);
  }
  CHECK(names.size() == rules::kinds().size());
}
