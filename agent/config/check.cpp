#include "agent/config/check.h"

#include <cmath>
#include <limits>
#include <optional>

#include "agent/config/defaults.h"
#include "agent/config/files.h"
#include "agent/config/suggest.h"
#include "agent/config/units.h"

namespace afferent::config {
namespace {

using core::ConfigField;
using core::ConfigNode;
using core::FieldType;

class Checker {
 public:
  Checker(Problems& problems, bool ignore_unknown, Secrets& secrets)
      : problems_(problems), ignore_unknown_(ignore_unknown), secrets_(secrets) {}

  ConfigNode table(const ConfigNode& node, std::span<const ConfigField> fields, const std::string& path) {
    ConfigNode::Table out;
    if (!ignore_unknown_) unknown_keys(node, fields, path);
    for (const ConfigField& field : fields) {
      const std::string key = member(path, field.key);
      const ConfigNode& value = node[field.key];
      std::optional<ConfigNode> checked = value.empty() ? absent(node, field, key) : this->value(value, field, key);
      if (checked && !checked->empty()) out.insert_or_assign(std::string(field.key), std::move(*checked));
    }
    return {std::move(out), node.source()};
  }

 private:
  void unknown_keys(const ConfigNode& node, std::span<const ConfigField> fields, const std::string& path) {
    Names names;
    for (const ConfigField& field : fields) names.push_back(field.key);
    for (const auto& [key, value] : node.table()) {
      bool known = false;
      for (const ConfigField& field : fields) known = known || field.key == key;
      if (known) continue;
      const std::string shown_key = key.substr(0, 60);
      problem(value, member(path, shown_key), "unknown key" + hint(key, names));
    }
  }

  ConfigNode absent(const ConfigNode& node, const ConfigField& field, const std::string& key) {
    if (field.required) problem(node, key, "missing; expected " + expected(field) + allowed(field));
    return default_of(field, node.source().file);
  }

  std::optional<ConfigNode> value(const ConfigNode& node, const ConfigField& field, const std::string& key) {
    switch (field.type) {
      case FieldType::boolean: return std::holds_alternative<bool>(node.data()) ? node : wrong_type(node, field, key);
      case FieldType::integer: return integer(node, field, key);
      case FieldType::real: return real(node, field, key);
      case FieldType::text: return text(node, field, key);
      case FieldType::duration: return duration(node, field, key);
      case FieldType::list: return items(node, field, key, &Checker::text);
      case FieldType::reals: return items(node, field, key, &Checker::real);
      case FieldType::table:
        if (!std::holds_alternative<ConfigNode::Table>(node.data())) return wrong_type(node, field, key);
        return table(node, field.items, key);
      case FieldType::tables: return items(node, field, key, &Checker::item_table);
      case FieldType::secret: return secret(node, field, key);
      case FieldType::contents: return contents(node, field, key);
    }
    return std::nullopt;
  }

  std::optional<ConfigNode> secret(const ConfigNode& node, const ConfigField& field, const std::string& key) {
    const auto* path = std::get_if<std::string>(&node.data());
    if (path == nullptr || path->empty()) return wrong_type(node, field, key);
    core::Result<core::Secret> read = secrets_.read(resolved(*path, node.source().file));
    if (read) return ConfigNode(std::move(*read), node.source());
    problem(node, key, in_quotes(*path) + ": " + read.error().message());
    return std::nullopt;
  }

  std::optional<ConfigNode> contents(const ConfigNode& node, const ConfigField& field, const std::string& key) {
    const auto* path = std::get_if<std::string>(&node.data());
    if (path == nullptr || path->empty()) return wrong_type(node, field, key);
    core::Result<core::Contents> read = secrets_.read_open(resolved(*path, node.source().file));
    if (read) return ConfigNode(std::move(*read), node.source());
    problem(node, key, in_quotes(*path) + ": " + read.error().message());
    return std::nullopt;
  }

  using ItemCheck = std::optional<ConfigNode> (Checker::*)(const ConfigNode&, const ConfigField&, const std::string&);

  std::optional<ConfigNode> items(const ConfigNode& node, const ConfigField& field, const std::string& key,
                                  ItemCheck check_item) {
    if (!std::holds_alternative<ConfigNode::List>(node.data())) return wrong_type(node, field, key);
    ConfigNode::List out;
    bool all = true;
    for (const ConfigNode& item : node.list()) {
      std::optional<ConfigNode> checked = (this->*check_item)(item, field, key);
      all = all && checked.has_value();
      if (checked) out.push_back(std::move(*checked));
    }
    // A list that lacks an item is not what was asked for; a list of tables is still worth checking further.
    if (!all && field.type != FieldType::tables) return std::nullopt;
    return ConfigNode(std::move(out), node.source());
  }

  std::optional<ConfigNode> item_table(const ConfigNode& node, const ConfigField& field, const std::string& key) {
    if (!std::holds_alternative<ConfigNode::Table>(node.data())) return wrong_type(node, field, key);
    return table(node, field.items, key);
  }

  std::optional<ConfigNode> integer(const ConfigNode& node, const ConfigField& field, const std::string& key) {
    const auto* whole = std::get_if<std::int64_t>(&node.data());
    if (whole == nullptr) return wrong_type(node, field, key);
    const auto number = static_cast<double>(*whole);
    if (number < field.minimum || number > field.maximum) return out_of_range(node, field, key);
    return node;
  }

  std::optional<ConfigNode> real(const ConfigNode& node, const ConfigField& field, const std::string& key) {
    if (!is_number(node)) return wrong_type(node, field, key);
    return number(node, node.real(), field, key);
  }

  std::optional<ConfigNode> duration(const ConfigNode& node, const ConfigField& field, const std::string& key) {
    if (is_number(node)) return number(node, node.real(), field, key);
    const std::optional<double> seconds = parse_duration(node.text());
    if (!seconds) return wrong_type(node, field, key);
    return number(node, *seconds, field, key);
  }

  std::optional<ConfigNode> number(const ConfigNode& node, double number, const ConfigField& field,
                                   const std::string& key) {
    if (!std::isfinite(number)) return wrong_type(node, field, key);
    if (number < field.minimum || number > field.maximum) return out_of_range(node, field, key);
    return ConfigNode(number, node.source());
  }

  std::optional<ConfigNode> text(const ConfigNode& node, const ConfigField& field, const std::string& key) {
    const auto* text = std::get_if<std::string>(&node.data());
    if (text == nullptr) return wrong_type(node, field, key);
    const auto length = static_cast<double>(text->size());
    if (length < field.minimum || length > field.maximum) return out_of_range(node, field, key);
    if (field.allowed.empty()) return node;
    const Names names = split(field.allowed, '|');
    for (const std::string_view name : names) {
      if (name == *text) return node;
    }
    const std::string_view near = nearest(*text, names);
    problem(node, key,
            in_quotes(*text) + " is not allowed; allowed: " + joined(names) +
                (near.empty() ? "" : "; did you mean '" + std::string(near) + "'?"));
    return std::nullopt;
  }

  static bool is_number(const ConfigNode& node) {
    return std::holds_alternative<std::int64_t>(node.data()) || std::holds_alternative<double>(node.data());
  }

  static std::string allowed(const ConfigField& field) {
    const std::string values = allowed_values(field);
    return values.empty() ? "" : "; allowed: " + values;
  }

  std::optional<ConfigNode> wrong_type(const ConfigNode& node, const ConfigField& field, const std::string& key) {
    problem(node, key, "expected " + expected(field) + ", found " + shown(node) + allowed(field));
    return std::nullopt;
  }

  std::optional<ConfigNode> out_of_range(const ConfigNode& node, const ConfigField& field, const std::string& key) {
    problem(node, key, shown(node) + " is out of range" + allowed(field));
    return std::nullopt;
  }

  void problem(const ConfigNode& node, const std::string& key, std::string message) {
    add(problems_, node.source(), key, std::move(message));
  }

  Problems& problems_;
  const bool ignore_unknown_;
  Secrets& secrets_;
};

std::string bound(const ConfigField& field, double value) {
  return field.type == FieldType::duration ? duration_text(value) : number_text(value);
}

}  // namespace

Problems check(const ConfigNode& node, std::span<const ConfigField> fields, ConfigNode& out,
               const CheckOptions& options) {
  Problems problems;
  if (!node.empty() && !std::holds_alternative<ConfigNode::Table>(node.data())) {
    add(problems, node.source(), std::string(options.prefix), "expected a table, found " + shown(node));
    out = ConfigNode(ConfigNode::Table{}, node.source());
    return problems;
  }
  Secrets own;
  Secrets& secrets = options.secrets != nullptr ? *options.secrets : own;
  out = Checker(problems, options.ignore_unknown, secrets).table(node, fields, std::string(options.prefix));
  return problems;
}

std::string expected(const ConfigField& field) {
  switch (field.type) {
    case FieldType::boolean: return "true or false";
    case FieldType::integer: return "a whole number";
    case FieldType::real: return "a number";
    case FieldType::text: return "a text in quotes";
    case FieldType::duration:
      return "a duration such as \"250 ms\", \"5 s\", \"10 min\", \"12 h\" or \"1 d\", or a number of seconds";
    case FieldType::list: return "a list of texts";
    case FieldType::reals: return "a list of numbers";
    case FieldType::table: return "a table";
    case FieldType::tables: return "a list of tables";
    case FieldType::secret:
    case FieldType::contents: return "the path of a file in quotes";
  }
  return "a value";
}

std::string allowed_values(const ConfigField& field) {
  if (!field.allowed.empty()) return joined(split(field.allowed, '|'), 100);
  const bool text = field.type == FieldType::text || field.type == FieldType::list;
  const std::string unit = text ? " characters" : "";
  const bool low = std::isfinite(field.minimum);
  const bool high = std::isfinite(field.maximum);
  if (low && high && field.minimum == field.maximum) return bound(field, field.minimum) + unit;
  if (low && high) return bound(field, field.minimum) + " to " + bound(field, field.maximum) + unit;
  // The smallest number above zero stands for "above zero".
  if (low && field.minimum == std::numeric_limits<double>::min()) return "above 0" + unit;
  if (low) return "at least " + bound(field, field.minimum) + unit;
  if (high) return "at most " + bound(field, field.maximum) + unit;
  return {};
}

}  // namespace afferent::config
