#include "agent/rules/wiring.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>

namespace afferent::rules {
namespace {

std::optional<core::DeviceId> device_named(const std::vector<DeviceNames>& devices, std::string_view id) {
  const auto found = std::find_if(devices.begin(), devices.end(), [id](const DeviceNames& d) { return d.id == id; });
  if (found == devices.end()) return std::nullopt;
  return static_cast<core::DeviceId>(found - devices.begin());
}

std::optional<std::uint32_t> rule_named(const std::vector<RuleEntry>& rules, std::string_view id) {
  const auto found = std::find_if(rules.begin(), rules.end(), [id](const RuleEntry& r) { return r.setup.id == id; });
  if (found == rules.end()) return std::nullopt;
  return static_cast<std::uint32_t>(found - rules.begin());
}

bool judges(const RuleEntry& rule, core::DeviceId device) {
  return std::find(rule.setup.devices.begin(), rule.setup.devices.end(), device) != rule.setup.devices.end();
}

void check_input(const std::vector<RuleEntry>& rules, const std::vector<DeviceNames>& devices, const RuleEntry& entry,
                 const Input& input, Mistakes& mistakes) {
  const auto note = [&](const std::string& what) {
    mistakes.note(entry.setup, entry.setup.options[input.key], input.key, what);
  };
  const auto named = device_named(devices, input.device);
  if (!input.device.empty() && !named) return note(fmt::format("there is no device '{}'", input.device));
  if (input.foreign && named && judges(entry, *named)) {
    return note(fmt::format("names '{}', which the rule is for; give other devices", input.device));
  }
  if (input.rule.empty()) {
    const bool many = input.key == "device" && input.channel.ends_with('*');  // a kind's own, nobody's text
    if (!many && !core::is_channel_name(input.channel)) {
      note(fmt::format("'{}' is not a channel's name, such as level or volume@1", input.channel));
    }
    return;
  }
  const auto rule = rule_named(rules, input.rule);
  if (!rule) return note(fmt::format("there is no rule '{}'", input.rule));
  if (rules[*rule].setup.broken) return;
  for (const core::DeviceId own : entry.setup.devices) {
    if (core::index(own) >= devices.size() || find_target(rules, devices, input, own)) continue;
    const std::string_view wanted =
        input.device.empty() ? std::string_view(devices[core::index(own)].id) : input.device;
    return note(fmt::format("rule '{}' does not judge device '{}'; say which with rule:{}@DEVICE", input.rule, wanted,
                            input.rule));
  }
}

// Depth first; `path` are the rules from the first to this one.
bool leads_to(const std::vector<RuleEntry>& rules, std::uint32_t from, std::uint32_t to,
              std::set<std::uint32_t>& seen) {
  if (rules[from].rule == nullptr || !seen.insert(from).second) return false;
  for (const Input& input : rules[from].rule->inputs()) {
    const auto next = input.rule.empty() ? std::nullopt : rule_named(rules, input.rule);
    if (next && (*next == to || leads_to(rules, *next, to, seen))) return true;
  }
  return false;
}

}  // namespace

std::optional<Target> find_target(const std::vector<RuleEntry>& rules, const std::vector<DeviceNames>& devices,
                                  const Input& input, core::DeviceId own) {
  const auto named = input.number           ? input.number
                     : input.device.empty() ? std::optional(own)
                                            : device_named(devices, input.device);
  if (!named) return std::nullopt;
  if (input.rule.empty()) return Target{*named, std::nullopt};
  const auto rule = rule_named(rules, input.rule);
  if (!rule) return std::nullopt;
  if (judges(rules[*rule], *named)) return Target{*named, rule};
  const std::vector<core::DeviceId>& only = rules[*rule].setup.devices;
  if (input.device.empty() && only.size() == 1) return Target{only.front(), rule};
  return std::nullopt;
}

void drop_broken(std::vector<RuleEntry>& rules) {
  const auto lacks = [&rules](const RuleEntry& entry) {
    if (entry.rule == nullptr) return true;
    const auto gone = [&rules](const Input& input) { return !input.rule.empty() && !rule_named(rules, input.rule); };
    const auto inputs = entry.rule->inputs();
    return std::any_of(inputs.begin(), inputs.end(), gone);
  };
  for (auto found = std::find_if(rules.begin(), rules.end(), lacks); found != rules.end();
       found = std::find_if(rules.begin(), rules.end(), lacks)) {
    rules.erase(found);
  }
}

void check_inputs(const std::vector<RuleEntry>& rules, const std::vector<DeviceNames>& devices, Mistakes& mistakes) {
  for (std::uint32_t i = 0; i < rules.size(); ++i) {
    if (rules[i].rule == nullptr) continue;
    for (const Input& input : rules[i].rule->inputs()) check_input(rules, devices, rules[i], input, mistakes);
    std::set<std::uint32_t> seen;
    if (leads_to(rules, i, i, seen)) {
      const std::string_view key = rules[i].rule->inputs().front().key;
      mistakes.note(rules[i].setup, rules[i].setup.options[key], key,
                    fmt::format("depends on rule '{}' itself, directly or through other rules", rules[i].setup.id));
    }
  }
}

}  // namespace afferent::rules
