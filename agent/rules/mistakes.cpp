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

}  // namespace

void Mistakes::note(const RuleSetup& rule, const ConfigNode& node, std::string_view key, std::string_view what) {
  const core::Source& source = node.source().line != 0 ? node.source() : rule.source;
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
