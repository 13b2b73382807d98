// The presets that are shipped.
#include <doctest/doctest.h>

#include <set>

#include "agent/config/files.h"
#include "agent/config/rules_only.h"
#include "agent/rules/engine.h"
#include "tests/support/fakes.h"

using namespace afferent;

namespace {

config::Catalog catalog() { return {{}, rules::kinds(), AFFERENT_SOURCE "/agent/rules"}; }

}  // namespace

TEST_CASE("every preset that is shipped is right and makes rules") {
  const std::vector<std::string> names = config::names_in(AFFERENT_SOURCE "/agent/rules/presets", ".toml");
  const std::set<std::string> there(names.begin(), names.end());
  for (const char* name : {"anomaly", "flood-onset", "household-leak"}) CHECK_MESSAGE(there.contains(name), name);
  for (const std::string& name : names) {
    CAPTURE(name);
    const config::LoadedRules loaded = config::load_preset(name, catalog());
    for (const config::Problem& problem : loaded.problems) FAIL_CHECK(problem.text());
    CHECK_FALSE(loaded.rules.empty());
  }
}

TEST_CASE("the presets that recorded data are judged with make an engine") {
  for (const char* name : {"anomaly", "flood-onset", "household-leak"}) {
    CAPTURE(name);
    const config::LoadedRules loaded = config::load_preset(name, catalog());
    REQUIRE(loaded.rules.size() == 1);
    rules::RuleSetup setup;
    setup.id = loaded.rules[0].id;
    setup.kind = loaded.rules[0].kind;
    setup.channel = loaded.rules[0].channel.empty() ? "level" : loaded.rules[0].channel;
    setup.devices = {core::DeviceId{0}};
    setup.options = loaded.rules[0].options;
    test::CountingRandom random;
    const auto engine = rules::Engine::create({setup}, {{"d", "", "water"}}, random, rules::Language::english);
    CHECK_MESSAGE(engine.ok(), (engine.ok() ? "" : engine.error().message()));
  }
}
