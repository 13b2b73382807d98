#include "tools/cli/decode_options.h"

#include <algorithm>
#include <utility>

#include "agent/config/check.h"
#include "agent/config/parse.h"

namespace afferent::cli {
namespace {

using core::FieldType;

bool is_toml(const std::string& value) { return config::parse("x = " + value, "option").node.has_value(); }

bool begins_with(const std::string& value, std::string_view marks) {
  return !value.empty() && marks.find(value.front()) != marks.npos;
}

// As a TOML text, whatever characters it has.
std::string quoted(std::string_view text) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7F) {
      out += "\\u00";
      out += kDigits[byte >> 4];
      out += kDigits[byte & 0x0FU];
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string as_text(const std::string& value) {
  return begins_with(value, "\"'") && is_toml(value) ? value : quoted(value);
}

std::string as_texts(const std::string& value) {
  std::string list = "[";
  for (std::size_t from = 0; from <= value.size();) {
    const std::size_t comma = std::min(value.find(',', from), value.size());
    list += as_text(value.substr(from, comma - from)) + ",";
    from = comma + 1;
  }
  return list + "]";
}

std::string toml_value(FieldType type, const std::string& value) {
  switch (type) {
    case FieldType::text:
    case FieldType::secret:
    case FieldType::contents: return as_text(value);
    case FieldType::list: return begins_with(value, "[") ? value : as_texts(value);
    case FieldType::reals: return begins_with(value, "[") ? value : "[" + value + "]";
    default: return is_toml(value) ? value : quoted(value);  // a wrong one is shown as it was typed
  }
}

FieldType type_of(std::span<const core::ConfigField> fields, std::string_view key) {
  for (const core::ConfigField& field : fields) {
    if (field.key == key) return field.type;
  }
  return FieldType::table;
}

}  // namespace

config::Problems read_options(std::span<const core::ConfigField> fields, const std::vector<std::string>& options,
                              core::ConfigNode& checked) {
  std::string text;
  for (const std::string& option : options) {
    const std::size_t equals = std::min(option.find('='), option.size());
    const std::string key = option.substr(0, equals);
    const std::string value = option.substr(std::min(equals + 1, option.size()));
    text += key + " = " + toml_value(type_of(fields, key), value) + "\n";
  }
  config::Parsed parsed = config::parse(text, "option");
  if (!parsed.node) return {parsed.problem};
  std::vector<core::ConfigField> optional(fields.begin(), fields.end());
  for (core::ConfigField& field : optional) field.required = false;
  return config::check(*parsed.node, optional, checked);
}

}  // namespace afferent::cli
