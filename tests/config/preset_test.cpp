// Presets: rules by name, what a user says instead, and what is refused.
#include <doctest/doctest.h>

#include <algorithm>

#include "agent/config/rules_only.h"
#include "tests/config/fixture.h"

using namespace afferent;
using test::ConfigFolder;
using test::kDevice;
using test::kNode;
using test::kPort;

namespace {

constexpr std::string_view kRoad =
    "summary = \"a road that is under water\"\n"
    "[[rule]]\nkind = \"range\"\nchannel = \"level\"\nseverity = \"orange\"\n";
constexpr std::string_view kTwo =
    "[[rule]]\nname = \"high\"\nkind = \"range\"\nchannel = \"level\"\nseverity = \"red\"\n"
    "[[rule]]\nname = \"odd\"\nkind = \"range\"\nchannel = \"level\"\nseverity = \"blue\"\n";

// A [[rule]] after a right port and device; its first line is 14.
std::string with_rule(const std::string& text) {
  return std::string(kNode) + std::string(kPort) + std::string(kDevice) + "[[rule]]\n" + text + "\n";
}

struct Street {
  ConfigFolder folder;
  explicit Street(const std::string& text) {
    folder.write("data/boards/pc/board.toml", "name = \"PC\"\n");
    folder.write("data/presets/flood-road.toml", kRoad);
    folder.write("data/presets/two.toml", kTwo);
    folder.write("afferent.toml", with_rule(text));
  }
  std::vector<config::RuleConfig> rules() const {
    config::Loaded loaded = folder.load();
    REQUIRE_MESSAGE(loaded.problems.empty(), test::joined(folder.texts(loaded.problems)));
    return loaded.config.rules;
  }
  std::string mistakes() const { return test::joined(folder.mistakes()); }
};

const std::string kRoadRule = "id = \"road\"\npreset = \"flood-road\"\ndevice = \"meter-1\"\n";  // lines 14 to 16

}  // namespace

TEST_CASE("a rule takes kind, channel and severity from the preset that it names") {
  const auto rules = Street(kRoadRule).rules();
  REQUIRE(rules.size() == 1);
  CHECK(rules[0].id == "road");
  CHECK(rules[0].kind == "range");
  CHECK(rules[0].channel == "level");
  CHECK(rules[0].severity == core::Severity::orange);
  CHECK(rules[0].devices.size() == 1);
}

TEST_CASE("what the user says counts instead of the preset") {
  const auto rules = Street(kRoadRule + "severity = \"red\"\nchannel = \"distance\"").rules();
  REQUIRE(rules.size() == 1);
  CHECK(rules[0].severity == core::Severity::red);
  CHECK(rules[0].channel == "distance");
}

TEST_CASE("a preset of several rules gives each an id, and each can be changed alone") {
  const auto rules = Street(
                         "id = \"road\"\npreset = \"two\"\ndevice = \"meter-1\"\nchannel = \"distance\"\nodd = { "
                         "severity = \"yellow\" }")
                         .rules();
  REQUIRE(rules.size() == 2);
  CHECK(rules[0].id == "road-high");
  CHECK(rules[1].id == "road-odd");
  CHECK(rules[0].severity == core::Severity::red);
  CHECK(rules[1].severity == core::Severity::yellow);
  CHECK(rules[0].channel == "distance");
  CHECK(rules[1].channel == "distance");
}

TEST_CASE("an unknown preset is refused with its place and the presets that there are") {
  CHECK(Street("id = \"r\"\npreset = \"flod-road\"\ndevice = \"meter-1\"").mistakes() ==
        "afferent.toml:15: rule.preset: there is no preset \"flod-road\"; did you mean 'flood-road'?\n");
  CHECK(Street("id = \"r\"\npreset = \"gas\"\ndevice = \"meter-1\"").mistakes() ==
        "afferent.toml:15: rule.preset: there is no preset \"gas\"; presets: flood-road, two\n");
  CHECK(Street("id = \"r\"\npreset = \"../two\"\ndevice = \"meter-1\"").mistakes().find("no preset") !=
        std::string::npos);
  CHECK(Street("id = \"r\"\npreset = 3\ndevice = \"meter-1\"").mistakes() ==
        "afferent.toml:15: rule.preset: expected a text in quotes, found 3\n");
}

TEST_CASE("a preset's kind cannot be given, and a mistake in what rules share is told once") {
  CHECK(Street(kRoadRule + "kind = \"rate\"").mistakes() ==
        "afferent.toml:17: rule.kind: comes with the preset; leave one of them out\n");
  const std::string twice =
      Street("id = \"r\"\npreset = \"two\"\ndevice = \"meter-1\"\nseverity = \"gren\"").mistakes();
  CHECK(twice.find("gren") != std::string::npos);
  CHECK(twice.find("gren") == twice.rfind("gren"));
}

TEST_CASE("a key that no rule of a preset knows is told once, where it stands, with what is allowed") {
  const std::string typo =
      Street("id = \"r\"\npreset = \"two\"\ndevice = \"meter-1\"\nhigg = { severity = \"red\" }").mistakes();
  CHECK(
      typo.starts_with("afferent.toml:17: rule.higg: unknown key; did you mean 'high'?; allowed: of the preset's rules "
                       "high, odd, each a table of its keys; and id, preset, device, "));
  CHECK(std::count(typo.begin(), typo.end(), '\n') == 1);
  const std::string one = Street(kRoadRule + "colour = \"red\"").mistakes();
  CHECK(one.starts_with("afferent.toml:17: rule.colour: unknown key; allowed: id, preset, device, "));
  CHECK(Street("id = \"r\"\npreset = \"two\"\ndevice = \"meter-1\"\nodd = 5").mistakes() ==
        "afferent.toml:17: rule.odd: is a rule of the preset; expected a table of its keys, found 5\n");
}

TEST_CASE("a severity for a preset's rule that has steps is told where it was written, with where it may stand") {
  Street street("id = \"r\"\npreset = \"steps\"\ndevice = \"meter-1\"\nseverity = \"red\"");
  street.folder.write("data/presets/steps.toml",
                      "[[rule]]\nname = \"depth\"\nkind = \"threshold\"\nchannel = \"level\"\nsteps = []\n"
                      "[[rule]]\nname = \"odd\"\nkind = \"range\"\nchannel = \"level\"\n");
  CHECK(
      street.mistakes() ==
      "afferent.toml:17: rule.severity: the preset's rule 'depth' has steps, each with its own severity; give it steps "
      "of your own instead, or a severity in the table of one of its other rules: odd\n");
}

TEST_CASE("a mistake in a preset is told with the preset's file and line") {
  Street street("id = \"r\"\npreset = \"bad\"\ndevice = \"meter-1\"");
  street.folder.write("data/presets/bad.toml",
                      "[[rule]]\nkind = \"range\"\nchannel = \"level\"\nseverity = \"pink\"\n");
  CHECK(street.mistakes().find("data/presets/bad.toml:4: rule.severity: \"pink\" is not allowed") != std::string::npos);
  street.folder.write("data/presets/bad.toml", "[[rule]]\nkind = \"range\"\n[[rule]]\nkind = \"range\"\n");
  CHECK(street.mistakes().find("data/presets/bad.toml:1: rule.name:") != std::string::npos);
  street.folder.write("data/presets/bad.toml", "summary = \"none\"\n");
  CHECK(street.mistakes().find("expected tables [[rule]]") != std::string::npos);
}

TEST_CASE("rules are read without the gateway around them") {
  Street street(kRoadRule);
  street.folder.write("rules.toml",
                      "[[rule]]\nid = \"a\"\nkind = \"range\"\nchannel = \"level\"\n"
                      "[[rule]]\nid = \"b\"\npreset = \"two\"\ndevice = \"nobody\"\n");
  const auto loaded = config::load_rules(street.folder.path() + "/rules.toml", street.folder.catalog());
  CHECK(street.folder.texts(loaded.problems).empty());
  CHECK(loaded.rules.size() == 3);
  const auto preset = config::load_preset("flood-road", street.folder.catalog());
  CHECK(preset.problems.empty());
  REQUIRE(preset.rules.size() == 1);
  CHECK(preset.rules[0].kind == "range");
  CHECK(config::load_preset("none", street.folder.catalog()).problems.size() == 1);
  street.folder.write("rules.toml", "[[rule]]\nid = \"a\"\nkind = \"rnge\"\n");
  const auto wrong = config::load_rules(street.folder.path() + "/rules.toml", street.folder.catalog());
  CHECK(test::joined(street.folder.texts(wrong.problems)) ==
        "rules.toml:3: rule.kind: there is no rule kind \"rnge\"; did you mean 'range'?\n");
}
