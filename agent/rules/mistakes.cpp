#include "agent/rules/mistakes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace afferent::rules {
namespace {

using core::ConfigField;
using core::ConfigNode;
using core::FieldType;

bool is_number(const ConfigNode& node) {
  return std::holds_alternative<double>(node.data()) || std::holds_alternative<std::int64_t>(node.data());
}

// Nothing when the value has the field's type, else the name of what it should be.
std::string_view wanted(const ConfigNode& value, FieldType type) {
  switch (type) {
    case FieldType::boolean: return std::holds_alternative<bool>(value.data()) ? "" : "true or false";
    case FieldType::integer: return std::holds_alternative<std::int64_t>(value.data()) ? "" : "a whole number";
    case FieldType::real: return is_number(value) ? "" : "a number";
    case FieldType::duration: return is_number(value) ? "" : "a duration such as \"30 s\", \"5 min\" or \"12 h\"";
    case FieldType::secret:
    case FieldType::text: return std::holds_alternative<std::string>(value.data()) ? "" : "a text";
    case FieldType::contents: return value.text().data() != nullptr ? "" : "the path of a text file";
    case FieldType::table: return std::holds_alternative<ConfigNode::Table>(value.data()) ? "" : "a table";
    case FieldType::list:
    case FieldType::reals:
    case FieldType::tables: return std::holds_alternative<ConfigNode::List>(value.data()) ? "" : "a list";
  }
  return "";
}

std::string keys_of(std::span<const ConfigField> fields) {
  std::string all;
  for (const ConfigField& field : fields) all += (all.empty() ? "" : ", ") + std::string(field.key);
  return all;
}

bool allows(std::string_view allowed, std::string_view text) {
  while (!allowed.empty()) {
    const std::size_t end = std::min(allowed.find('|'), allowed.size());
    if (allowed.substr(0, end) == text) return true;
    allowed.remove_prefix(std::min(end + 1, allowed.size()));
  }
  return false;
}

bool is_in_name(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }

bool speaks_of(std::string_view what, std::string_view key) {
  for (std::size_t at = what.find(key); at != what.npos; at = what.find(key, at + 1)) {
    const std::size_t end = at + key.size();
    if ((at == 0 || !is_in_name(what[at - 1])) && (end == what.size() || !is_in_name(what[end]))) return true;
  }
  return false;
}

// An option that was written and that `what` speaks of; in the rule's own file, unless any will do.
const core::Source* spoken_of(const RuleSetup& rule, std::string_view what, bool own_file) {
  for (const auto& [key, value] : rule.options.table()) {
    const core::Source& source = value.source();
    if (source.line == 0 || (own_file && source.file != rule.source.file)) continue;
    if (speaks_of(what, key)) return &source;
  }
  return nullptr;
}

// Where a key stands that rules of all kinds have; null, where that is not known.
const core::Source* common_place(const RuleSetup& rule, std::string_view key) {
  const core::Source* source = nullptr;
  if (key == "channel") source = &rule.channel_source;
  if (key == "device" || key == "devices") source = &rule.devices_source;
  if (key == "severity") source = &rule.severity_source;
  return source == nullptr || source->line == 0 ? nullptr : source;
}

const core::Source& best_place(const RuleSetup& rule, const ConfigNode& node, std::string_view key,
                               std::string_view what) {
  if (const core::Source* common = common_place(rule, key)) return *common;
  const core::Source& source = node.source().line != 0 ? node.source() : place_of(rule, key);
  const bool unknown = source.line == 0 || &source == &rule.source;
  if (!unknown && source.file == rule.source.file) return source;
  const core::Source* spoken = spoken_of(rule, what, !unknown);
  return spoken == nullptr ? source : *spoken;
}

}  // namespace

const core::Source& place_of(const RuleSetup& rule, std::string_view key) {
  if (const core::Source* common = common_place(rule, key)) return *common;
  const core::Source& option = rule.options[key].source();
  return option.line != 0 ? option : rule.source;
}

void Mistakes::note(const RuleSetup& rule, const ConfigNode& node, std::string_view key, std::string_view what) {
  const core::Source& source = best_place(rule, node, key, what);
  if (count_++ != 0) text_ += '\n';
  text_ += fmt::format("{}: rule '{}': {}: {}", source.text(), rule.id, key, what);
}

void Mistakes::check(const RuleSetup& rule, const ConfigNode& table, std::span<const ConfigField> fields) {
  for (const auto& [key, value] : table.table()) {
    const std::string& name = key;
    const auto known = [&name](const ConfigField& field) { return field.key == name; };
    if (std::none_of(fields.begin(), fields.end(), known)) {
      note(rule, value, key, fmt::format("is not known here; allowed: {}", keys_of(fields)));
    }
  }
  for (const ConfigField& field : fields) {
    const ConfigNode& value = table[field.key];
    if (!value.empty()) {
      check_value(rule, value, field);
    } else if (field.required) {
      note(rule, table, field.key, fmt::format("is missing: {}", field.help));
    }
  }
}

void Mistakes::check_value(const RuleSetup& rule, const ConfigNode& value, const ConfigField& field) {
  if (const std::string_view type = wanted(value, field.type); !type.empty()) {
    return note(rule, value, field.key, fmt::format("must be {}", type));
  }
  if (is_number(value)) {
    const double number = value.real();
    if (!std::isfinite(number)) return note(rule, value, field.key, "must be a finite number");
    if (number < field.minimum || number > field.maximum) {
      const char* unit = field.type == FieldType::duration ? " s" : "";
      if (!std::isfinite(field.maximum)) {
        return note(rule, value, field.key,
                    fmt::format("is {}{}, must be at least {}{}", number, unit, field.minimum, unit));
      }
      return note(rule, value, field.key,
                  fmt::format("is {}{}, allowed: {} to {}{}", number, unit, field.minimum, field.maximum, unit));
    }
  }
  if (field.type == FieldType::text && !field.allowed.empty() && !allows(field.allowed, value.text())) {
    return note(rule, value, field.key, fmt::format("is '{}', allowed: {}", value.text(), field.allowed));
  }
  if (field.type == FieldType::tables) {
    for (const ConfigNode& item : value.list()) check(rule, item, field.items);
  }
}

core::Nanos duration(const ConfigNode& node, core::Nanos otherwise) {
  if (!is_number(node)) return otherwise;
  return core::Nanos(std::llround(node.real() * 1e9));
}

}  // namespace afferent::rules
