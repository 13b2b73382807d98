#include "tests/support/driver_options.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

namespace afferent::test {
namespace {

core::ConfigNode node_from(const std::string& value, core::FieldType type) {
  switch (type) {
    case core::FieldType::integer: return {std::int64_t{std::stoi(value)}, {}};
    case core::FieldType::real:
    case core::FieldType::duration: return {std::stod(value), {}};
    case core::FieldType::boolean: return {value == "true", {}};
    case core::FieldType::list: return {core::ConfigNode::List{core::ConfigNode(value, {})}, {}};
    default: return {value, {}};
  }
}

}  // namespace

core::ConfigNode options_from(std::string_view list, std::span<const core::ConfigField> fields) {
  core::ConfigNode::Table table;
  while (!list.empty()) {
    const std::string_view entry = list.substr(0, list.find(','));
    list.remove_prefix(std::min(list.size(), entry.size() + 1));
    const std::string key(entry.substr(0, entry.find('=')));
    const auto field =
        std::find_if(fields.begin(), fields.end(), [&key](const core::ConfigField& known) { return known.key == key; });
    REQUIRE_MESSAGE(field != fields.end(), key);
    table[key] = node_from(std::string(entry.substr(entry.find('=') + 1)), field->type);
  }
  return {std::move(table), {}};
}

}  // namespace afferent::test
