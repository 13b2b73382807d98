#include "agent/assembly/rules.h"

#include <utility>
#include <vector>

namespace afferent::assembly {

rules::RuleSetup setup_of(const config::RuleConfig& rule) {
  return {rule.id,       rule.kind,
          rule.channel,  rule.domain,
          rule.devices,  rule.severity,
          rule.sentence, rule.options,
          rule.source,   {rule.flapping, rule.flapping_within, rule.flapping_calm}};
}

core::Result<std::unique_ptr<rules::Engine>> make_engine(const config::Config& config, core::Random& random,
                                                         core::Zone zone) {
  std::vector<rules::RuleSetup> setups;
  for (const config::RuleConfig& rule : config.rules) setups.push_back(setup_of(rule));
  std::vector<rules::DeviceNames> names;
  for (const config::DeviceConfig& device : config.devices) {
    names.push_back({device.identity.id, device.identity.name, device.identity.domain, device.driver->declares});
  }
  const auto language = rules::language_named(config.node.language).value_or(rules::Language::english);
  return rules::Engine::create(std::move(setups), std::move(names), random, language, std::move(zone));
}

}  // namespace afferent::assembly
