#include "agent/config/preset.h"

#include <algorithm>

#include "agent/config/alternatives.h"
#include "agent/config/check.h"
#include "agent/config/fields.h"
#include "agent/config/files.h"
#include "agent/config/loading.h"
#include "agent/config/names.h"
#include "agent/config/parse.h"
#include "agent/config/suggest.h"

namespace afferent::config {
namespace {

using core::ConfigField;
using core::ConfigNode;
using core::FieldType;

constexpr std::string_view kName = "name";  // of a rule in a preset: the end of its id
constexpr std::string_view kSeverity = "severity";
constexpr std::string_view kSteps = "steps";  // each has its severity, so that the rule can have none

// The keys of a preset's rule are those of a rule; they are checked when the rule has been written out.
constexpr std::array kPreset{
    ConfigField{.key = "summary", .help = "What it is for, one line."},
};

bool is_path(std::string_view name) { return name.ends_with(".toml"); }

std::string find(const std::string& name, std::span<const std::string> places, const core::Source& asked) {
  if (is_path(name)) {
    std::string path = resolved(name, asked.file);
    return is_file(path) ? path : std::string();
  }
  if (name.empty() || name.find('/') != std::string::npos || name.front() == '.') return {};
  for (const std::string& place : places) {
    std::string path = place + "/presets/" + name + ".toml";
    if (is_file(path)) return path;
  }
  return {};
}

std::string not_found(const std::string& name, std::span<const std::string> places) {
  if (is_path(name)) return "there is no file " + in_quotes(name);
  std::vector<std::string> known;
  for (const std::string& place : places) {
    const std::vector<std::string> here = names_in(place + "/presets", ".toml");
    known.insert(known.end(), here.begin(), here.end());
  }
  return "there is no preset " + in_quotes(name) + hint(name, Names(known.begin(), known.end()), "presets");
}

bool has_field(std::span<const ConfigField> fields, std::string_view key) {
  return std::any_of(fields.begin(), fields.end(), [key](const ConfigField& field) { return field.key == key; });
}

// The rules as they stand in the preset, and what is wrong with it as a file.
class Preset {
 public:
  Preset(const std::string& path, Problems& problems) {
    Parsed parsed = read(path);
    if (!parsed.node) {
      problems.push_back(std::move(parsed.problem));
      return;
    }
    const ConfigNode& list = (*parsed.node)["rule"];
    ConfigNode ignored;
    const Problems wrong = check(with(*parsed.node, "rule", {}), kPreset, ignored);
    problems.insert(problems.end(), wrong.begin(), wrong.end());
    for (const ConfigNode& rule : list.list()) {
      if (std::holds_alternative<ConfigNode::Table>(rule.data())) rules_.push_back(rule);
    }
    if (rules_.empty() || rules_.size() != list.list().size()) {
      add(problems, list.empty() ? parsed.node->source() : list.source(), "rule", "expected tables [[rule]]");
    }
    check_names(problems);
  }
  const std::vector<ConfigNode>& rules() const { return rules_; }
  bool names(std::string_view key) const {
    return std::any_of(rules_.begin(), rules_.end(), [key](const ConfigNode& r) { return r[kName].text() == key; });
  }

 private:
  void check_names(Problems& problems) const {
    if (rules_.size() < 2) return;
    std::vector<std::string_view> seen;
    for (const ConfigNode& rule : rules_) {
      const std::string_view name = rule[kName].text();
      if (!is_id(name) || std::find(seen.begin(), seen.end(), name) != seen.end()) {
        add(problems, rule.source(), "rule.name", "each of several rules needs a name of its own: a-z, 0-9, '_', '-'");
      }
      seen.push_back(name);
    }
  }
  std::vector<ConfigNode> rules_;
};

class Writer {
 public:
  Writer(const ConfigNode& written, const Preset& preset, std::span<const core::RuleKindSpec* const> kinds)
      : written_(written), preset_(preset), kinds_(kinds) {}

  // What no rule of the preset can make use of, once and where it was written.
  void check_keys(Problems& problems) const {
    for (const auto& [key, value] : written_.table()) {
      if (preset_.names(key) && !std::holds_alternative<ConfigNode::Table>(value.data())) {
        add(problems, value.source(), member("rule", key),
            "is a rule of the preset; expected a table of its keys, found " + shown(value));
      } else if (!preset_.names(key) && !is_of_rules(key)) {
        add(problems, value.source(), member("rule", key.substr(0, 60)), "unknown key" + allowed(key));
      }
    }
    for (const ConfigNode& rule : preset_.rules()) {
      if (!has_steps(rule)) continue;
      const std::string_view name = rule[kName].text();
      for (const ConfigNode* table : {&written_, name.empty() ? nullptr : &written_[name]}) {
        if (table != nullptr && table->has(kSeverity)) refuse_severity((*table)[kSeverity], name, problems);
      }
    }
  }

  ConfigNode write_out(const ConfigNode& rule) const {
    ConfigNode::Table members = rule.table();
    members.erase(std::string(kName));
    const ConfigNode::Table own = own_of(rule);
    for (const auto& [key, value] : own) drop_alternatives(key, rule, members);
    for (const auto& [key, value] : own) members.insert_or_assign(key, value);
    if (preset_.rules().size() > 1 && written_.has("id")) {
      const ConfigNode& id = written_["id"];
      const std::string name(rule[kName].text());
      members.insert_or_assign("id", ConfigNode(std::string(id.text()) + "-" + name, id.source()));
    }
    return {std::move(members), written_.source()};
  }

 private:
  // What the user says of this rule: for all, and in the table of its name, which counts more.
  ConfigNode::Table own_of(const ConfigNode& rule) const {
    ConfigNode::Table own;
    const bool steps = has_steps(rule);
    for (const auto& [key, value] : written_.table()) {
      if (key == "preset" || key == "kind" || preset_.names(key) || !is_for(key, rule) || !is_of_rules(key)) continue;
      if (key != kSeverity || !steps) own.insert_or_assign(key, value);
    }
    for (const auto& [key, value] : of_name(rule).table()) {
      if (key != kSeverity || !steps) own.insert_or_assign(key, value);
    }
    return own;
  }
  const ConfigNode& of_name(const ConfigNode& rule) const {
    static const ConfigNode kNone;
    const std::string_view name = rule[kName].text();
    return name.empty() ? kNone : written_[name];
  }
  // Said for several rules at once it is not known to be meant instead of what one of them says in another way.
  bool is_meant_for(std::string_view key, const ConfigNode& rule) const {
    return of_name(rule).has(key) || (preset_.rules().size() == 1 && written_.has(key));
  }
  void drop_alternatives(std::string_view key, const ConfigNode& rule, ConfigNode::Table& members) const {
    if (key == "device" || key == "devices") members.erase(key == "device" ? "devices" : "device");
    if (!is_meant_for(key, rule)) return;
    for (const std::string_view other : replaced_by(rule["kind"].text(), key)) {
      if (const auto found = members.find(other); found != members.end()) members.erase(found);
    }
  }
  // When all that the user says of it is taken into account.
  bool has_steps(const ConfigNode& rule) const {
    if (is_meant_for(kSteps, rule)) return true;
    if (!rule.has(kSteps)) return false;
    const auto replaces = [&](const auto& member) {
      const auto others = replaced_by(rule["kind"].text(), member.first);
      return is_meant_for(member.first, rule) && std::find(others.begin(), others.end(), kSteps) != others.end();
    };
    const auto& named = of_name(rule).table();
    const auto& all = written_.table();
    return std::none_of(named.begin(), named.end(), replaces) && std::none_of(all.begin(), all.end(), replaces);
  }
  void refuse_severity(const ConfigNode& severity, std::string_view name, Problems& problems) const {
    std::string others;
    for (const ConfigNode& rule : preset_.rules()) {
      if (!rule.has(kSteps) && rule.has(kName))
        others += (others.empty() ? "" : ", ") + std::string(rule[kName].text());
    }
    add(problems, severity.source(), "rule.severity",
        (name.empty() ? "the preset's rule" : "the preset's rule '" + std::string(name) + "'") +
            " has steps, each with its own severity; give it steps of your own instead" +
            (others.empty() ? "" : ", or a severity in the table of one of its other rules: " + others));
  }
  // A key of every rule, or of the kind of one of them.
  bool is_of_rules(std::string_view key) const {
    if (has_field(rule_fields(), key)) return true;
    return std::any_of(kinds_.begin(), kinds_.end(), [&](const core::RuleKindSpec* kind) {
      return has_field(kind->options, key) && uses(kind->name);
    });
  }
  std::string allowed(std::string_view key) const {
    Names rules;
    for (const ConfigNode& rule : preset_.rules()) {
      if (rule.has(kName)) rules.push_back(rule[kName].text());
    }
    Names keys;
    for (const ConfigField& field : rule_fields()) {
      if (field.key != "kind") keys.push_back(field.key);
    }
    for (const core::RuleKindSpec* kind : kinds_) {
      for (const ConfigField& field : kind->options) {
        if (uses(kind->name) && std::find(keys.begin(), keys.end(), field.key) == keys.end()) keys.push_back(field.key);
      }
    }
    Names all = rules;
    all.insert(all.end(), keys.begin(), keys.end());
    const std::string_view near = nearest(key, all);
    std::string text = near.empty() ? "" : "; did you mean '" + std::string(near) + "'?";
    if (!rules.empty())
      text += "; allowed: of the preset's rules " + joined(rules, 100) + ", each a table of its keys; and";
    return text + (rules.empty() ? "; allowed: " : " ") + joined(keys, 100);
  }
  // A key of a rule, of this rule's kind, or of no kind at all, which is then a mistake.
  bool is_for(std::string_view key, const ConfigNode& rule) const {
    if (has_field(rule_fields(), key)) return true;
    bool known = false;
    for (const core::RuleKindSpec* kind : kinds_) {
      const bool has = has_field(kind->options, key);
      if (has && kind->name == rule["kind"].text()) return true;
      known = known || (has && uses(kind->name));
    }
    return !known;
  }
  bool uses(std::string_view kind) const {
    return std::any_of(preset_.rules().begin(), preset_.rules().end(),
                       [kind](const ConfigNode& rule) { return rule["kind"].text() == kind; });
  }

  const ConfigNode& written_;
  const Preset& preset_;
  std::span<const core::RuleKindSpec* const> kinds_;
};

}  // namespace

Expanded expand_preset(const ConfigNode& written, std::span<const core::RuleKindSpec* const> kinds,
                       std::span<const std::string> places) {
  Expanded expanded;
  const ConfigNode& name = written["preset"];
  if (!std::holds_alternative<std::string>(name.data())) {
    add(expanded.problems, name.source(), "rule.preset", "expected a text in quotes, found " + shown(name));
    return expanded;
  }
  if (written.has("kind")) {
    add(expanded.problems, written["kind"].source(), "rule.kind", "comes with the preset; leave one of them out");
  }
  const std::string path = find(std::string(name.text()), places, name.source());
  if (path.empty()) {
    add(expanded.problems, name.source(), "rule.preset", not_found(std::string(name.text()), places));
    return expanded;
  }
  const Preset preset(path, expanded.problems);
  if (!expanded.problems.empty()) return expanded;
  const Writer writer(written, preset, kinds);
  writer.check_keys(expanded.problems);
  for (const ConfigNode& rule : preset.rules()) expanded.rules.push_back(writer.write_out(rule));
  return expanded;
}

}  // namespace afferent::config
