// Every preset that is installed gives rules that start.
#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "agent/app/cameras.h"
#include "agent/assembly/rules.h"
#include "agent/config/files.h"
#include "agent/config/rules_only.h"
#include "agent/rules/engine.h"
#include "drivers/registry.h"
#include "tests/support/fakes.h"

using namespace afferent;

namespace {

config::Catalog catalog() { return {drivers::built_in(), rules::kinds(), AFFERENT_BINARY "/share/afferent"}; }

std::string file_with(const std::string& name, const std::string& text) {
  const std::string path = AFFERENT_BINARY "/" + name;
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

std::string trouble_of(const config::LoadedRules& loaded) {
  std::string text;
  for (const config::Problem& problem : loaded.problems) text += problem.text() + "\n";
  if (!text.empty()) return text;
  std::vector<rules::RuleSetup> setups;
  for (const config::RuleConfig& rule : loaded.rules) {
    setups.push_back(assembly::setup_of(rule));
    setups.back().devices = {core::DeviceId{0}};
  }
  test::CountingRandom random;
  auto engine = rules::Engine::create(std::move(setups), {{"device-1", "", "water"}}, random, rules::Language::english);
  return engine ? "" : engine.error().message();
}

}  // namespace

TEST_CASE("every preset that is installed gives rules that start") {
  const std::vector<std::string> names = config::names_in(catalog().data_dir + "/presets", ".toml");
  CHECK(names.size() >= 11);
  const std::string inventory = file_with("presets_test.csv", "tag,cylinder\n33AA,C-1\n");
  for (const std::string& name : names) {
    CAPTURE(name);
    const bool cylinders = name.starts_with("cylinder-");
    const std::string written =
        "[[rule]]\nid = \"r\"\npreset = \"" + name + "\"\n" + (cylinders ? "inventory = \"" + inventory + "\"\n" : "");
    const std::string any = name == "anomaly" ? "channel = \"level\"\n" : "";
    const config::LoadedRules loaded = config::load_rules(file_with("presets_test.toml", written + any), catalog());
    CHECK(trouble_of(loaded) == "");
    CHECK(!loaded.rules.empty());
  }
}

TEST_CASE("a preset's rules can be changed one by one, and a wrong inventory is refused") {
  const std::string path =
      file_with("presets_test.toml", "[[rule]]\nid = \"r\"\npreset = \"flood-road\"\nflood = { begin = 0.1 }\n");
  const config::LoadedRules loaded = config::load_rules(path, catalog());
  REQUIRE(trouble_of(loaded) == "");
  bool found = false;
  for (const config::RuleConfig& rule : loaded.rules) {
    if (rule.id != "r-flood") continue;
    found = true;
    CHECK(rule.options["begin"].real() == 0.1);
    CHECK(rule.options["end"].real() == 0.03);
  }
  CHECK(found);

  file_with("presets_test.csv", "tag,cylinder,made\n33AA,C-1,2020-13-01\nxyz,C-2,2020-01-01\n");
  file_with("presets_test.toml",
            "[[rule]]\nid = \"r\"\npreset = \"cylinder-store\"\ninventory = \"presets_test.csv\"\n");
  const std::string trouble = trouble_of(config::load_rules(path, catalog()));
  CHECK(trouble.find("presets_test.csv:2: rule 'r-custody': inventory: made '2020-13-01' must be a date") !=
        std::string::npos);
  CHECK(trouble.find("presets_test.csv:3: rule 'r-custody': inventory: tag 'xyz' must be the EPC") !=
        std::string::npos);
  file_with("presets_test.toml", "[[rule]]\nid = \"r\"\npreset = \"cylinder-store\"\ninventory = \"no.csv\"\n");
  CHECK(trouble_of(config::load_rules(path, catalog())).find("there is no such file") != std::string::npos);
}

TEST_CASE("cameras within 300 m are named, nearest first, at most eight") {
  core::Place place;
  place.latitude = 31.0;
  place.longitude = 121.0;
  const double step = 1.0 / 111'195.0;  // about 1 m of latitude
  std::vector<config::Camera> cameras{{"far", 31.0 + 301 * step, 121.0},
                                      {"near", 31.0 + 10 * step, 121.0},
                                      {"edge", 31.0 - 299 * step, 121.0},
                                      {"east", 31.0, 121.0 + 200 * step / std::cos(31.0 * 3.14159265 / 180)},
                                      {"antipode", -31.0, -59.0}};
  CHECK(app::cameras_near(place, cameras) == std::vector<std::string>{"near", "east", "edge"});
  for (int i = 0; i < 20; ++i) cameras.push_back({"c" + std::to_string(i), 31.0 + (20 + i) * step, 121.0});
  CHECK(app::cameras_near(place, cameras).size() == 8);
  CHECK(app::cameras_near(place, cameras)[1] == "c0");
  CHECK(app::cameras_near({}, cameras).empty());
}
