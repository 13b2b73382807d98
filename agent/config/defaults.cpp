#include "agent/config/defaults.h"

#include <string_view>

#include "agent/config/parse.h"
#include "agent/config/units.h"

namespace afferent::config {
namespace {

using core::ConfigField;
using core::ConfigNode;
using core::FieldType;

std::string_view unquoted(std::string_view text) {
  const bool in_quotes =
      text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front();
  return in_quotes ? text.substr(1, text.size() - 2) : text;
}

ConfigNode written(std::string_view value) {
  Parsed parsed = parse("x = " + std::string(value), "default");
  return parsed.node ? (*parsed.node)["x"] : ConfigNode();
}

ConfigNode::Data data_of(const ConfigField& field) {
  switch (field.type) {
    case FieldType::text: return std::string(unquoted(field.standard));
    case FieldType::duration: {
      if (const auto seconds = parse_duration(unquoted(field.standard))) return *seconds;
      const ConfigNode number = written(field.standard);
      return number.empty() ? ConfigNode::Data{} : ConfigNode::Data{number.real()};
    }
    case FieldType::real: {
      const ConfigNode number = written(field.standard);
      return number.empty() ? ConfigNode::Data{} : ConfigNode::Data{number.real()};
    }
    default: return written(field.standard).data();
  }
}

}  // namespace

ConfigNode default_of(const ConfigField& field, const std::string& file) {
  if (field.standard.empty()) return {};
  return {data_of(field), core::Source{file, 0}};
}

}  // namespace afferent::config
