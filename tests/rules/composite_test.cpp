#include <cmath>

#include "agent/rules/expression.h"
#include "tests/rules/rules_fixture.h"

using namespace afferent;
using namespace afferent::test;
using rules::Expression;
using rules::Known;
using rules::Truth;

namespace {

std::string mistake(const std::string& expression) {
  const auto made = Expression::parse(expression, "when");
  return made.ok() ? "accepted" : made.error().message();
}

// Channels a to e are 1, 0, unknown, 5 and 'open'.
Truth judged(const std::string& expression) {
  const auto made = Expression::parse(expression, "when");
  REQUIRE_MESSAGE(made.ok(), (made.ok() ? "" : made.error().message()));
  std::vector<Known> values;
  for (std::size_t i = 0; i < made->inputs().size(); ++i) {
    const std::string& name = made->inputs()[i].channel;
    Known known{made->wanted(i), 0.0, {}};
    if (name == "a") known.number = 1;
    if (name == "c") known.what = Known::What::nothing;
    if (name == "d") known.number = 5;
    if (name == "e") known.text = "open";
    values.push_back(known);
  }
  return made->judge(values);
}

rules::RuleSetup composite(const char* when, double hold = 0) {
  auto setup = rule("composite", table({{"when", text(when, 9)}, {"hold", number(hold)}}), "");
  setup.id = "both";
  setup.severity = Severity::red;
  return setup;
}
rules::RuleSetup high(double limit, const char* id = "high") {
  auto setup = rule("threshold", table({{"above", number(limit)}}));
  setup.id = id;
  return setup;
}
std::string of(const Bench& bench, const std::string& id) {
  std::string story;
  for (const core::Alert& alert : bench.out.alerts) {
    if (alert.rule == id) story += (story.empty() ? "" : ", ") + std::string(name_of(alert.state));
  }
  return story;
}

}  // namespace

TEST_CASE("not binds closer than and, and closer than or") {
  CHECK(judged("a or b and b") == Truth::yes);
  CHECK(judged("(a or b) and b") == Truth::no);
  CHECK(judged("not b and b") == Truth::no);
  CHECK(judged("not (b and b)") == Truth::yes);
  CHECK(judged("not not a") == Truth::yes);
  CHECK(judged("b or b or a") == Truth::yes);
  CHECK(judged("a and a and b") == Truth::no);
  CHECK(judged("not a or a") == Truth::yes);
}

TEST_CASE("comparisons") {
  CHECK(judged("d > 4.9") == Truth::yes);
  CHECK(judged("d > 5") == Truth::no);
  CHECK(judged("d >= 5 and d<=5 and d == 5") == Truth::yes);
  CHECK(judged("d < -1e3") == Truth::no);
  CHECK(judged("d != +5") == Truth::no);
  CHECK(judged("a == true and b == false and a != false") == Truth::yes);
  CHECK(judged("e == 'open'") == Truth::yes);
  CHECK(judged("e != \"open\"") == Truth::no);
  CHECK(judged("e == ''") == Truth::no);
}

TEST_CASE("what is unknown decides only when it must") {
  CHECK(judged("c") == Truth::unknown);
  CHECK(judged("not c") == Truth::unknown);
  CHECK(judged("c and a") == Truth::unknown);
  CHECK(judged("c and b") == Truth::no);
  CHECK(judged("c or a") == Truth::yes);
  CHECK(judged("c or b") == Truth::unknown);
}

TEST_CASE("a parse error names the column and what was expected") {
  CHECK(mistake("") == "column 1: expected a rule, a channel, not or '(', found the end");
  CHECK(mistake("a and") == "column 6: expected a rule, a channel, not or '(', found the end");
  CHECK(mistake("a & b") == "column 3: expected >, >=, <, <=, ==, !=, and, or, or the end, found '&'");
  CHECK(mistake("(a or b") == "column 8: expected >, >=, <, <=, ==, !=, and, or, or ')', found the end");
  CHECK(mistake("a)") == "column 2: expected >, >=, <, <=, ==, !=, and, or, or the end, found ')'");
  CHECK(mistake("a or or b") == "column 6: expected a rule, a channel, not or '(', found 'or'");
  CHECK(mistake("d > high") == "column 5: expected a number, found 'high'");
  CHECK(mistake("d == high") == "column 6: expected a number, a 'text', true or false, found 'high'");
  CHECK(mistake("d = 4") == "column 3: expected >, >=, <, <=, ==, !=, and, or, or the end, found '='");
  CHECK(mistake("level = 1") == "column 7: expected >, >=, <, <=, ==, !=, and, or, or the end, found '='");
  CHECK(mistake("rule:x = red") == "column 8: expected >, >=, <, <=, ==, !=, and, or, or the end, found '='");
  CHECK(mistake("d > 4 > 5") == "column 7: expected and, or, or the end, found '>'");
  CHECK(mistake("(a) > 5") == "column 5: expected and, or, or the end, found '>'");
  CHECK(mistake("水位 > 3") == "column 1: expected a rule, a channel, not or '(', found '水位'");
  CHECK(mistake("e == '水' and 水位 > 3") ==
        "column 14: expected a rule, a channel, not or '(', found '水位'");  // in characters
  CHECK(mistake("level水位 > 3") == "column 6: expected >, >=, <, <=, ==, !=, and, or, or the end, found '水位'");
  CHECK(mistake("a \xE6\xB0") ==
        "column 3: expected >, >=, <, <=, ==, !=, and, or, or the end, found '?"
        "?'");
  CHECK(mistake("e == 'open") == "column 6: expected a number, a 'text', true or false, found 'open'");
  CHECK(mistake("rule:x > 3") == "column 10: expected blue, yellow, orange or red, found '3'");
  CHECK(mistake("rule:") == "column 1: expected rule:ID or rule:ID@DEVICE, found 'rule:'");
  CHECK(mistake("rule:high@") == "column 1: expected rule:ID or rule:ID@DEVICE, found 'rule:high@'");
  CHECK(mistake("/level > 1") == "column 1: expected a channel or device/channel, found '/level'");
  CHECK(mistake("Level > 3") == "column 1: expected a channel or device/channel, found 'Level'");
  CHECK(mistake("3 > d") == "column 1: expected a rule, a channel, not or '(', found '3'");
  CHECK(mistake("d > 3 and d") == "column 11: 'd' is compared with values of two types");
  CHECK(mistake("d > 1e999") == "column 5: expected a number, found '1e999'");
}

TEST_CASE("size and depth are bounded") {
  std::string deep(31, '(');
  CHECK(mistake(deep + "a" + std::string(31, ')')) == "accepted");
  deep.assign(100'000, '(');
  CHECK(mistake(deep).find("is nested deeper than 32") != std::string::npos);
  std::string nots;
  for (int i = 0; i < 100'000; ++i) nots += "not ";
  CHECK(mistake(nots + "a").find("is nested deeper than 32") != std::string::npos);
  std::string wide = "a";
  for (int i = 0; i < 1000; ++i) wide += " or a";
  CHECK(mistake(wide).find("is too long, at most 128 terms") != std::string::npos);
  std::string many = "a0";
  for (int i = 1; i < 40; ++i) many += " or a" + std::to_string(i);
  CHECK(mistake(many).find("more than 32 rules and channels") != std::string::npos);
}

TEST_CASE("no text breaks the parser") {
  std::uint32_t random = 1;
  const std::string_view pieces[] = {"a",  "(",   ")", " and ", " or ", "not ", "rule:x", "@", ">", "==", "'",
                                     "\"", "1e5", "-", "/",     "b/c",  "\x80", "\n",     "!", "=", "<=", "rule:y@z"};
  for (int i = 0; i < 20'000; ++i) {
    std::string all;
    for (std::uint32_t n = 0; n < 12; ++n) {
      random = random * 1664525U + 1013904223U;
      all += pieces[(random >> 16) % std::size(pieces)];
    }
    const auto made = Expression::parse(all, "when");
    if (!made) {
      CHECK(made.error().message().starts_with("column "));
      continue;
    }
    (void)made->judge(std::vector<Known>(made->inputs().size()));
  }
}

TEST_CASE("rules and channels together raise and clear an alert") {
  Bench bench({high(0.3), composite("rule:high and not rain-1/rain > 5")});
  bench.add(3, 3, "rain", core::Quantity::rain);
  CHECK(bench.engine->check().empty());
  bench.say(0, 0.4);
  CHECK(of(bench, "both").empty());  // nothing is known of the rain
  bench.say_on(3, 1, 9);
  CHECK(of(bench, "both").empty());
  bench.say_on(3, 2, 1);
  CHECK(of(bench, "both") == "raised");
  CHECK(bench.out.alerts.back().severity == Severity::red);
  CHECK(bench.out.alerts.back().sentence ==
        "both at Tianlin underpass: rule high is in alert and rain at rain-1 is at most 5.");
  bench.say(3, 0.1);
  CHECK(of(bench, "both") == "raised, cleared");
  CHECK(bench.out.alerts.back().sentence.starts_with("both at Tianlin underpass is over."));
}

TEST_CASE("an expression is told in words") {
  const auto words = [](const char* expression, rules::Language language = rules::Language::english) {
    const auto made = Expression::parse(expression, "when");
    REQUIRE(made.ok());
    return made->words(language);
  };
  CHECK(words("level >= 0.3") == "water level is at least 0.3");
  CHECK(words("not level >= 0.3") == "water level is below 0.3");
  CHECK(words("open and not flooded") == "open and not flooded");
  CHECK(words("rule:road@level-2 >= orange") == "rule road at level-2 is at least orange");
  CHECK(words("not rule:road") == "rule road is not in alert");
  CHECK(words("(a or b) and pump-1/power != 0.123456") == "(a or b) and power at pump-1 is not 0.1235");
  CHECK(words("a and b or not (a or not b)") == "a and b or not (a or not b)");
  CHECK(words("valve == 'fault' or open != true") == "valve is 'fault' or open is not true");
  CHECK(words("rule:high and not rain-1/rain > 5", rules::Language::chinese) == "规则high报警且rain-1的雨量不高于5");
  CHECK(words("not (open or level < 1)", rules::Language::chinese) == "并非（打开或水位低于1）");
}

TEST_CASE("a rule's severity can be asked for, and rules of other devices named") {
  auto storm = rule("threshold", table({{"steps", four_colours()}}));
  storm.devices = {core::DeviceId{0}, core::DeviceId{1}};
  Bench bench({storm, composite("rule:road@level-2 >= orange and rule:road")});
  bench.say_on(2, 0, 0.2);
  bench.say(1, 0.2);
  CHECK(of(bench, "both").empty());
  bench.say_on(2, 2, 0.3);
  CHECK(of(bench, "both") == "raised");
  bench.say_on(2, 3, 0.2);
  CHECK(of(bench, "both") == "raised, cleared");
}

TEST_CASE("composites may stand on composites, and circles are refused") {
  auto second = composite("rule:both and level > 0.35");
  second.id = "second";
  Bench bench({second, composite("rule:high"), high(0.3)});
  bench.say(0, 0.32);
  bench.say(1, 0.4);
  CHECK(of(bench, "both") == "raised");
  CHECK(of(bench, "second") == "raised");
  bench.say(2, 0.1);
  CHECK(of(bench, "second") == "raised, cleared");
  auto first = composite("rule:second");
  CHECK(refusal({first, second}) ==
        "rules.toml:9: rule 'both': when: depends on rule 'both' itself, directly or through other rules\n"
        "rules.toml:9: rule 'second': when: depends on rule 'second' itself, directly or through other rules");
  CHECK(refusal(composite("rule:both")).find("depends on rule 'both' itself") != std::string::npos);
}

TEST_CASE("names that do not exist are refused with the place") {
  CHECK(refusal(composite("rule:hihg")) == "rules.toml:9: rule 'both': when: there is no rule 'hihg'");
  CHECK(refusal(composite("pump/open")) == "rules.toml:9: rule 'both': when: there is no device 'pump'");
  CHECK(refusal({high(1), composite("rule:high@level-2")}) ==
        "rules.toml:9: rule 'both': when: rule 'high' does not judge device 'level-2'; say which with "
        "rule:high@DEVICE");
  CHECK(refusal(composite("a and (")) ==
        "rules.toml:9: rule 'both': when: column 8: expected a rule, a channel, not or '(', found the end");
  Bench bench(composite("rain-1/rain > 5"));
  REQUIRE(bench.engine->check().size() == 1);
  CHECK(bench.engine->check()[0].message() ==
        "rules.toml:9: rule 'both': when: device 'rain-1' has no channel 'rain'; it has: none yet");
  bench.add(3, 3, "rain", core::Quantity::boolean);
  REQUIRE(bench.engine->check().size() == 1);
  CHECK(bench.engine->check()[0].message() ==
        "rules.toml:9: rule 'both': when: 'rain' of device 'rain-1' is boolean: cannot be compared with a number");
  auto with_channel = composite("rule:both");
  with_channel.channel = "level";
  CHECK(refusal(with_channel).find("channel: has no meaning here") != std::string::npos);
}

TEST_CASE("hold times run without readings, and survive a restart") {
  const std::vector<rules::RuleSetup> setups{high(0.3), composite("rule:high", 600)};
  Bench bench(setups);
  bench.say(0, 0.4);
  bench.run_until(599);
  CHECK(of(bench, "both").empty());
  bench.run_until(600);
  CHECK(of(bench, "both") == "raised");
  Bench after(setups);
  REQUIRE(after.restore(bench.out.states, 700).ok());
  after.run_until(800);
  CHECK(after.out.alerts.empty());
  after.say(801, 0.1);
  CHECK(of(after, "both") == "cleared");
  CHECK(after.out.states.empty());
}

TEST_CASE("the channels of one poll count at once") {
  Bench bench(composite("level > 0.3 and battery < 50"));
  bench.say_all(0, {{0, core::Value::number(0.1)}, {1, core::Value::number(40)}});
  bench.say_all(1, {{0, core::Value::number(0.4)}, {1, core::Value::number(60)}});
  CHECK(bench.out.alerts.empty());
  bench.say_all(2, {{0, core::Value::number(0.4)}, {1, core::Value::number(40)}});
  CHECK(bench.out.story() == "raised red");
}

TEST_CASE("bad, stale, impossible and old values are unknown and change nothing") {
  auto setup = rule("composite", table({{"when", text("level > 0.3")}, {"max_age", number(60)}}), "");
  Bench bench(setup);
  bench.say(0, core::Value::number(0.4), core::Quality::bad);
  bench.say(1, core::Value::number(std::nan("")));
  bench.say(2, core::Value::number(INFINITY));
  bench.say(3, core::Value::text("0.9"));
  bench.say(4, core::Value::number(0.9), core::Quality::good, true);
  CHECK(bench.out.alerts.empty());
  bench.say(5, 0.4);
  CHECK(bench.out.story() == "raised yellow");
  bench.run_until(100);
  bench.say(101, core::Value::number(0.1), core::Quality::bad);
  CHECK(bench.out.alerts.size() == 1);
  bench.say(102, 0.1);
  CHECK(bench.out.story() == "raised yellow, cleared yellow");
}

TEST_CASE("texts are compared") {
  Bench bench(rule("composite", table({{"when", text("valve == 'fault' or valve == 'closed'")}}), ""));
  bench.add(3, 0, "valve", core::Quantity::text);
  bench.say(0, core::Value::text("open"), core::Quality::good, false, 3);
  CHECK(bench.out.alerts.empty());
  bench.say(1, core::Value::text("fault"), core::Quality::good, false, 3);
  CHECK(bench.out.story() == "raised yellow");
}

TEST_CASE("an alert from before the work stays for those that watch it, over a restart too") {
  const std::vector<rules::RuleSetup> setups{high(0.3), composite("rule:high")};
  Bench bench(setups);
  bench.say(0, 0.4);
  REQUIRE(of(bench, "both") == "raised");
  rules::OperatorFact work;
  work.from = bench.at(1).boot;
  work.until = bench.at(1000).boot;
  REQUIRE(bench.engine->add(work, bench.at(1), bench.out).ok());
  Bench after(setups);
  REQUIRE(after.restore(bench.out.states, 10).ok());
  after.say(11, 0.4);
  CHECK(after.out.alerts.empty());
  after.say(12, 0.1);
  CHECK(of(after, "both") == "cleared");
}

TEST_CASE("a rule on a device that is being worked on is calm for those that watch it") {
  auto watched = high(0.3);
  watched.devices = {core::DeviceId{1}};
  Bench bench({watched, composite("rule:high")});
  rules::OperatorFact work;
  work.device = core::DeviceId{1};
  work.from = bench.at(0).boot;
  work.until = bench.at(100).boot;
  bench.say(0, 0.0);
  REQUIRE(bench.engine->add(work, bench.at(0), bench.out).ok());
  bench.say_on(2, 1, 0.4);
  CHECK(bench.out.alerts.empty());
  bench.run_until(100);
  CHECK(of(bench, "both") == "raised");
  CHECK(of(bench, "high") == "raised");
}

TEST_CASE("where one channel decides, its value is told with the unit") {
  const auto said = [](const char* when, rules::Language language) {
    Bench bench({composite(when)}, core::Quantity::length, language);
    bench.add(3, 3, "rain", core::Quantity::rain);
    bench.say_on(3, 0, 7.25);
    bench.say(1, 0.45);
    REQUIRE(bench.out.alerts.size() == 1);
    return bench.out.alerts[0].sentence;
  };
  const auto english = rules::Language::english;
  CHECK(said("level > 0.3", english) == "both at Tianlin underpass: water level is above 0.3 (now 0.45 m).");
  CHECK(said("not rain-1/rain < 5", english) ==
        "both at Tianlin underpass: rain at rain-1 is at least 5 (now 7.25 mm).");
  CHECK(said("level > 0.3", rules::Language::chinese) == "Tianlin underpass的both：水位高于0.3（现为0.45 m）。");
  CHECK(said("level > 0.3 and rain-1/rain > 5", english) ==
        "both at Tianlin underpass: water level is above 0.3 and rain at rain-1 is above 5.");
}
