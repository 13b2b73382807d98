#include "agent/assembly/rules.h"

#include <optional>
#include <utility>
#include <vector>

namespace afferent::assembly {

rules::RuleSetup setup_of(const config::RuleConfig& rule) {
  rules::RuleSetup setup{rule.id,       rule.kind,
                         rule.channel,  rule.domain,
                         rule.devices,  rule.severity,
                         rule.sentence, rule.options,
                         rule.source,   {rule.flapping, rule.flapping_within, rule.flapping_calm}};
  setup.channel_source = rule.channel_source;
  setup.devices_source = rule.devices_source;
  setup.severity_source = rule.severity_source;
  setup.broken = rule.broken;
  return setup;
}

core::Result<std::unique_ptr<rules::Engine>> make_engine(const config::Config& config, core::Random& random,
                                                         core::Zone zone, const core::Stamp& now) {
  std::vector<rules::RuleSetup> setups;
  for (const config::RuleConfig& rule : config.rules) setups.push_back(setup_of(rule));
  std::vector<rules::DeviceNames> names;
  for (const config::DeviceConfig& device : config.devices) {
    names.push_back(
        {device.identity.id, device.identity.name, device.identity.domain, device.broken || device.driver->declares});
  }
  const auto language = rules::language_named(config.node.language).value_or(rules::Language::english);
  std::optional<std::int64_t> today;
  if (now.clock != core::ClockState::unsynced) today = zone.local(now.utc).day;
  return rules::Engine::create(std::move(setups), std::move(names), random, language, std::move(zone), today);
}

void tell_channels(const std::vector<PlacedDriver>& placed, rules::Engine& engine) {
  std::uint32_t series = 0;
  for (const PlacedDriver& place : placed) {
    for (std::size_t i = 0; i < place.devices.size(); ++i) {
      for (const core::ChannelSpec& channel : place.driver->channels(static_cast<core::DeviceRef>(i))) {
        engine.series_added(core::Series{series++}, place.devices[i], channel);
      }
    }
  }
}

}  // namespace afferent::assembly
