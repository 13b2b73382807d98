// Where mistakes in options are told: at the key, in the file of who wrote it.
#include "tests/rules/rules_fixture.h"
#include "tests/rules/trouble.h"

using namespace afferent;
using namespace afferent::test;

namespace {

core::ConfigNode in_preset(double value, std::uint32_t line) { return {value, core::Source{"preset.toml", line}}; }

std::string mistakes(rules::RuleSetup setup) {
  CountingRandom random;
  const auto made = rules::Engine::create({std::move(setup)}, street(), random, rules::Language::english);
  return made.ok() ? "" : made.error().message();
}

}  // namespace

TEST_CASE("of keys that exclude one another one that was written is the place") {
  const auto both =
      rule("forecast", table({{"above", number(1, 9)}, {"below", number(2, 10)}, {"within", number(60, 11)}}));
  CHECK(mistakes(both) == "rules.toml:9: rule 'road': above: give one of: above, below");
  const auto none = rule("forecast", table({{"within", number(60, 11)}}));
  CHECK(mistakes(none) == "rules.toml:7: rule 'road': above: give one of: above, below");
}

TEST_CASE("a key that is missing beside another one is told at that one") {
  const auto setup =
      rule("window",
           table({{"measure", node(std::string("quantile"), 9)}, {"over", number(60, 10)}, {"above", number(3, 11)}}));
  CHECK(mistakes(setup).starts_with("rules.toml:9: rule 'road': quantile: belongs to measure"));
}

TEST_CASE("mistakes in the channel and the devices are told where these stand") {
  rules::RuleSetup manhole = rule("manhole", table({}));
  manhole.channel_source = {"rules.toml", 12};
  CHECK(mistakes(manhole).starts_with("rules.toml:12: rule 'road': channel: has no meaning here"));
  rules::RuleSetup agree = rule("agree", table({{"tolerance", number(1, 9)}}));
  agree.devices_source = {"rules.toml", 13};
  CHECK(mistakes(agree) == "rules.toml:13: rule 'road': devices: needs at least two devices to compare");
}

TEST_CASE("a severity beside steps is told where it stands") {
  rules::RuleSetup setup = rule("threshold", table({{"steps", four_colours()}}));
  setup.severity = Severity::red;
  setup.severity_source = {"rules.toml", 14};
  CHECK(mistakes(setup) == "rules.toml:14: rule 'road': severity: stands in each of the steps, not beside them");
}

TEST_CASE("a channel that does not fit is told where it stands") {
  rules::RuleSetup setup = rule("anomaly", table({}), "flooded");
  setup.channel_source = {"rules.toml", 12};
  CountingRandom random;
  auto made = rules::Engine::create({setup}, street(), random, rules::Language::english);
  REQUIRE(made.ok());
  const std::unique_ptr<rules::Engine> engine = std::move(made).value();
  CHECK(engine->check().at(0).message().starts_with("rules.toml:12: rule 'road': channel: device 'level-1' has no"));
  core::ChannelSpec channel;
  channel.name = "flooded";
  channel.quantity = core::Quantity::boolean;
  engine->series_added(core::Series{0}, core::DeviceId{0}, channel);
  CHECK(engine->check().at(0).message().starts_with("rules.toml:12: rule 'road': channel: 'flooded' of device"));
}

TEST_CASE("what a preset says and the user's word makes wrong is told at the user's word") {
  const auto users = rule("flood", table({{"begin", number(0.01, 9)}, {"end", in_preset(0.03, 69)}}));
  CHECK(mistakes(users) == "rules.toml:9: rule 'road': end: must not be above begin");
  const auto presets = rule("flood", table({{"begin", in_preset(0.01, 68)}, {"end", in_preset(0.03, 69)}}));
  CHECK(mistakes(presets) == "preset.toml:69: rule 'road': end: must not be above begin");
}
