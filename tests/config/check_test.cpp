#include "agent/config/check.h"

#include <doctest/doctest.h>

#include <array>

#include "agent/config/defaults.h"
#include "agent/config/fields.h"
#include "agent/config/parse.h"
#include "tests/config/fixture.h"

using namespace afferent;
using core::ConfigField;
using core::ConfigNode;
using core::FieldType;

namespace {

constexpr std::array kInner{
    ConfigField{.key = "name", .required = true},
    ConfigField{.key = "weight", .type = FieldType::real, .standard = "1.5"},
};

constexpr std::array kFields{
    ConfigField{.key = "flag", .type = FieldType::boolean, .standard = "true"},
    ConfigField{.key = "count", .type = FieldType::integer, .minimum = 1, .maximum = 247},
    ConfigField{.key = "ratio", .type = FieldType::real, .minimum = 0},
    ConfigField{.key = "mode", .standard = "fast", .allowed = "fast|slow"},
    ConfigField{.key = "wait", .type = FieldType::duration, .standard = "5 s", .minimum = 0, .maximum = 86400},
    ConfigField{.key = "words", .type = FieldType::list, .minimum = 1, .maximum = 4},
    ConfigField{.key = "numbers", .type = FieldType::reals, .maximum = 10},
    ConfigField{.key = "inner", .type = FieldType::table, .items = kInner},
    ConfigField{.key = "inners", .type = FieldType::tables, .items = kInner},
};

struct Checked {
  ConfigNode out;
  std::vector<std::string> problems;
};

Checked check(std::string_view toml, std::span<const ConfigField> fields = kFields) {
  Checked result;
  const auto tree = config::parse_text(toml, "f");
  REQUIRE(tree.ok());
  for (const auto& problem : config::check(*tree, fields, result.out, {"t", false}))
    result.problems.push_back(problem.text());
  return result;
}

std::string only(std::string_view toml) {
  const Checked result = check(toml);
  return result.problems.size() == 1 ? result.problems.front() : test::joined(result.problems);
}

}  // namespace

TEST_CASE("defaults are filled in, and what has none stays away") {
  const Checked result = check("");
  CHECK(result.problems.empty());
  CHECK(result.out["flag"].boolean());
  CHECK(result.out["mode"].text() == "fast");
  CHECK(result.out["wait"].real() == 5.0);
  CHECK(result.out["wait"].source().line == 0);
  CHECK_FALSE(result.out.has("count"));
  CHECK_FALSE(result.out.has("inner"));
}

TEST_CASE("right values come out in the type of their field") {
  const Checked result = check(
      "flag = false\ncount = 7\nratio = 2\nwait = \"10 min\"\nwords = [\"a\", \"bc\"]\nnumbers = [1, 2.5]\n"
      "inner = { name = \"x\" }\n[[inners]]\nname = \"y\"\nweight = 3\n");
  CHECK(test::joined(result.problems) == "");
  CHECK_FALSE(result.out["flag"].boolean(true));
  CHECK(std::get<double>(result.out["ratio"].data()) == 2.0);
  CHECK(std::get<double>(result.out["wait"].data()) == 600.0);
  CHECK(result.out["words"].list().size() == 2);
  CHECK(std::get<double>(result.out["numbers"].list()[0].data()) == 1.0);
  CHECK(result.out["inner"]["weight"].real() == 1.5);
  CHECK(result.out["inners"].list()[0]["weight"].real() == 3.0);
  CHECK(check("wait = 90").out["wait"].real() == 90.0);
}

TEST_CASE("each kind of wrong value says what would be right") {
  CHECK(only("flag = 1") == "f:1: t.flag: expected true or false, found 1");
  CHECK(only("count = \"7\"") == "f:1: t.count: expected a whole number, found \"7\"; allowed: 1 to 247");
  CHECK(only("count = 7.0") == "f:1: t.count: expected a whole number, found 7; allowed: 1 to 247");
  CHECK(only("count = 248") == "f:1: t.count: 248 is out of range; allowed: 1 to 247");
  CHECK(only("count = 0") == "f:1: t.count: 0 is out of range; allowed: 1 to 247");
  CHECK(only("ratio = -0.5") == "f:1: t.ratio: -0.5 is out of range; allowed: at least 0");
  CHECK(only("ratio = inf") == "f:1: t.ratio: expected a number, found inf; allowed: at least 0");
  CHECK(only("ratio = nan") == "f:1: t.ratio: expected a number, found nan; allowed: at least 0");
  CHECK(only("\nmode = \"fats\"") == "f:2: t.mode: \"fats\" is not allowed; allowed: fast, slow; did you mean 'fast'?");
  CHECK(only("mode = 3") == "f:1: t.mode: expected a text in quotes, found 3; allowed: fast, slow");
  CHECK(only("wait = \"2 d\"") == "f:1: t.wait: \"2 d\" is out of range; allowed: 0 s to 1 d");
  CHECK(only("wait = -1") == "f:1: t.wait: -1 is out of range; allowed: 0 s to 1 d");
  CHECK(only("wait = \"5 m\"") ==
        "f:1: t.wait: expected a duration such as \"250 ms\", \"5 s\", \"10 min\", \"12 h\" or \"1 d\", or a number of "
        "seconds, found \"5 m\"; allowed: 0 s to 1 d");
  CHECK(only("words = \"a\"") == "f:1: t.words: expected a list of texts, found \"a\"; allowed: 1 to 4 characters");
  CHECK(only("words = [\"a\",\n \"abcde\"]") == "f:2: t.words: \"abcde\" is out of range; allowed: 1 to 4 characters");
  CHECK(only("numbers = [1, 11]") == "f:1: t.numbers: 11 is out of range; allowed: at most 10");
  CHECK(only("inner = 5") == "f:1: t.inner: expected a table, found 5");
  CHECK(only("inner = {}") == "f:1: t.inner.name: missing; expected a text in quotes");
  CHECK(only("inners = [{name = \"a\"}, {}]") == "f:1: t.inners.name: missing; expected a text in quotes");
  CHECK(only("inners = [1]") == "f:1: t.inners: expected a list of tables, found 1");
  CHECK(only("cuont = 1") == "f:1: t.cuont: unknown key; did you mean 'count'?");
  CHECK(only("colour = 1") ==
        "f:1: t.colour: unknown key; allowed: flag, count, ratio, mode, wait, words, numbers, inner, inners");
  CHECK(only("inner = { name = \"x\", nam = 1 }") == "f:1: t.inner.nam: unknown key; did you mean 'name'?");
}

TEST_CASE("a wrong value is left out and the others are kept") {
  const Checked result = check("count = 300\nmode = \"slow\"\nwords = [\"a\", 5]\n");
  CHECK(result.problems.size() == 2);
  CHECK_FALSE(result.out.has("count"));
  CHECK_FALSE(result.out.has("words"));
  CHECK(result.out["mode"].text() == "slow");
}

TEST_CASE("long and odd values are shown short and harmless") {
  const std::string message = only("mode = \"" + std::string(500, 'x') + "\"");
  CHECK(message.size() < 160);
  CHECK(only("mode = \"a\\u001b[2J\"").find("\"a\\x1b[2J\"") != std::string::npos);
}

TEST_CASE("unknown keys can be left to somebody else") {
  const auto tree = config::parse_text("other = 1\ncount = 2\n", "f");
  ConfigNode out;
  CHECK(config::check(*tree, kFields, out, {"t", true}).empty());
  CHECK(out["count"].integer() == 2);
  CHECK_FALSE(out.has("other"));
}

TEST_CASE("every default in the section tables passes its own check") {
  for (const config::Section& section : config::sections()) {
    for (const ConfigField& field : section.fields) {
      if (field.standard.empty()) continue;
      CAPTURE(section.name);
      CAPTURE(field.key);
      const ConfigNode value = config::default_of(field, "f");
      REQUIRE_FALSE(value.empty());
      ConfigNode out;
      const std::array one{field};
      const ConfigNode table(ConfigNode::Table{{std::string(field.key), value}}, {"f", 1});
      CHECK(config::check(table, one, out).empty());
      CHECK_FALSE(field.help.empty());
    }
  }
}

TEST_CASE("a message that begins with its place and key is taken apart, one that does not keeps what is known") {
  const config::Problem otherwise{{"a.toml", 3}, "device 'd'", "", 0};
  const auto parts = [&](std::string_view message) {
    const config::Problem found = config::located(message, otherwise);
    return found.source.text() + "|" + found.key + "|" + found.message;
  };
  CHECK(parts("b.toml:12: rule 'road 2': steps: is empty") == "b.toml:12|rule 'road 2'|steps: is empty");
  CHECK(parts("b.toml:12: device.unit: 300 is too large") == "b.toml:12|device.unit|300 is too large");
  CHECK(parts("C:/b.toml:12: it is wrong") == "C:/b.toml:12|device 'd'|it is wrong");
  CHECK(parts("address: is missing") == "a.toml:3|address|is missing");
  CHECK(parts("No such thing: 'x'") == "a.toml:3|device 'd'|No such thing: 'x'");
  CHECK(parts("b.toml:1x: y") == "a.toml:3|device 'd'|b.toml:1x: y");
  CHECK(parts("") == "a.toml:3|device 'd'|");
}
