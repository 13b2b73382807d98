// [[rule]]: what alerts are raised for, each with its kind's own keys.
#include <algorithm>
#include <cmath>

#include "agent/config/loading.h"
#include "agent/config/names.h"
#include "agent/config/preset.h"
#include "agent/config/suggest.h"
#include "agent/core/channel.h"

namespace afferent::config {
namespace {

using core::ConfigField;
using core::ConfigNode;
using core::DeviceId;

class RuleReader {
 public:
  explicit RuleReader(Loading& loading) : loading_(loading) {
    const std::vector<DeviceConfig>& devices = loading.config.devices;
    for (std::size_t i = 0; i < devices.size(); ++i) {
      const auto id = static_cast<DeviceId>(i);
      devices_.emplace(devices[i].identity.id, id);
      domains_[devices[i].identity.domain].push_back(id);
    }
  }

  void read(const ConfigNode& written) {
    if (!written.has("preset")) return read_one(written);
    Expanded expanded = expand_preset(written, loading_.catalog.rules, loading_.places);
    Problems found = std::move(loading_.problems);
    loading_.problems = std::move(expanded.problems);
    for (const ConfigNode& rule : expanded.rules) read_one(rule);
    for (Problem& problem : loading_.problems) {  // a mistake in what several rules share is one mistake
      const bool told =
          std::any_of(found.begin(), found.end(), [&](const Problem& p) { return p.text() == problem.text(); });
      if (!told) found.push_back(std::move(problem));
    }
    loading_.problems = std::move(found);
  }

 private:
  void read_one(const ConfigNode& written) {
    RuleConfig rule;
    rule.source = written.source();
    const std::size_t before = loading_.problems.size();
    const core::RuleKindSpec* kind = find_kind(written["kind"]);
    std::vector<ConfigField> fields(rule_fields().begin(), rule_fields().end());
    if (kind != nullptr) fields.insert(fields.end(), kind->options.begin(), kind->options.end());
    const ConfigNode table = checked(loading_, written, fields, "rule", kind == nullptr);
    take_id(loading_, table, "rule", ids_);
    read_common(table, rule);
    select_devices(written, table, rule);
    ConfigNode::Table options;
    if (kind != nullptr) {
      for (const ConfigField& field : kind->options) {
        if (table.has(field.key)) options.emplace(std::string(field.key), table[field.key]);
      }
    }
    rule.options = ConfigNode(std::move(options), written.source());
    rule.broken = kind == nullptr || loading_.problems.size() != before;
    loading_.config.rules.push_back(std::move(rule));
  }

  const core::RuleKindSpec* find_kind(const ConfigNode& kind) {
    if (!std::holds_alternative<std::string>(kind.data())) return nullptr;  // the checker says so
    Names names;
    for (const core::RuleKindSpec* spec : loading_.catalog.rules) {
      if (spec->name == kind.text()) return spec;
      names.push_back(spec->name);
    }
    loading_.problem(kind, "rule.kind", "there is no rule kind " + shown(kind) + hint(kind.text(), names));
    return nullptr;
  }

  void read_common(const ConfigNode& table, RuleConfig& rule) {
    rule.id = table["id"].text();
    rule.kind = table["kind"].text();
    rule.channel = table["channel"].text();
    rule.channel_source = table["channel"].source();
    rule.severity_source = table["severity"].source();
    rule.domain = table["domain"].text();
    rule.sentence = table["sentence"];
    rule.flapping = static_cast<std::uint32_t>(table["flapping"].integer(5));
    rule.flapping_within = core::Seconds(std::llround(table["flapping_within"].real(600)));
    rule.flapping_calm = core::Seconds(std::llround(table["flapping_calm"].real(600)));
    if (table.has("severity")) rule.severity = core::severity_named(table["severity"].text());
    if (table.has("channel") && !core::is_channel_name(rule.channel)) {
      loading_.problem(
          table["channel"], "rule.channel",
          shown(table["channel"]) + " is not a channel name; expected e.g. \"level\", \"flag_leak\" or \"volume@1\"");
    }
    if (table.has("domain") && !is_domain(rule.domain)) {
      loading_.problem(table["domain"], "rule.domain",
                       shown(table["domain"]) + " is not a domain; allowed: a word of a-z");
    }
  }

  void select_devices(const ConfigNode& written, const ConfigNode& table, RuleConfig& rule) {
    const ConfigNode& one = table["device"];
    const ConfigNode& several = table["devices"];
    rule.devices_source = (several.empty() ? one : several).source();
    if (loading_.any_device) return;
    if (written.has("device") && written.has("devices")) {
      loading_.problem(written["devices"], "rule.devices",
                       "says again what device says at " + written["device"].source().text() + "; keep one of them");
    }
    if (!one.empty()) select(one, "rule.device", rule);
    for (const ConfigNode& item : several.list()) select(item, "rule.devices", rule);
    if (!several.empty() && several.list().empty()) {
      loading_.problem(several, "rule.devices", "is empty; expected at least one id of a device");
    }
    if (written.has("device") || written.has("devices")) return;
    if (!written.has("domain")) {
      loading_.problem(written, "rule.device",
                       "missing; expected device, devices or domain, to say what the rule watches");
    } else if (table.has("domain")) {
      select_domain(table["domain"], rule);
    }
  }

  void select(const ConfigNode& name, const std::string& key, RuleConfig& rule) {
    const auto found = devices_.find(name.text());
    if (found == devices_.end()) {
      if (loading_.incomplete) return;  // it may stand in the file that could not be parsed
      Names names;
      for (const auto& [id, index] : devices_) names.push_back(id);
      loading_.problem(name, key, "there is no device " + shown(name) + hint(name.text(), names, "devices"));
      return;
    }
    if (std::find(rule.devices.begin(), rule.devices.end(), found->second) != rule.devices.end()) {
      loading_.problem(name, key, shown(name) + " is named twice");
      return;
    }
    rule.devices.push_back(found->second);
  }

  void select_domain(const ConfigNode& domain, RuleConfig& rule) {
    const auto found = domains_.find(domain.text());
    if (found != domains_.end()) {
      rule.devices = found->second;
      return;
    }
    if (loading_.incomplete || !is_domain(domain.text())) return;
    Names names;
    for (const auto& [name, members] : domains_) names.push_back(name);
    loading_.problem(domain, "rule.domain",
                     "no device has the domain " + shown(domain) + hint(domain.text(), names, "domains"));
  }

  Loading& loading_;
  std::map<std::string, DeviceId, std::less<>> devices_;
  std::map<std::string, std::vector<DeviceId>, std::less<>> domains_;
  IdPlaces ids_;
};

}  // namespace

void read_rules(Loading& loading, const ConfigNode& root) {
  RuleReader reader(loading);
  for (const ConfigNode& written : section_tables(loading, root, "rule")) reader.read(written);
}

}  // namespace afferent::config
