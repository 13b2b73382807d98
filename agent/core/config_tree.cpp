#include "agent/core/config_tree.h"

#include <cmath>

namespace afferent::core {
namespace {

const ConfigNode kNothing;
const ConfigNode::List kNoList;
const ConfigNode::Table kNoTable;

}  // namespace

const ConfigNode& ConfigNode::operator[](std::string_view key) const {
  const Table& members = table();
  const auto found = members.find(key);
  return found == members.end() ? kNothing : found->second;
}

bool ConfigNode::boolean(bool otherwise) const {
  const bool* value = std::get_if<bool>(&data_);
  return value != nullptr ? *value : otherwise;
}

std::int64_t ConfigNode::integer(std::int64_t otherwise) const {
  if (const auto* value = std::get_if<std::int64_t>(&data_)) return *value;
  if (const auto* value = std::get_if<double>(&data_)) return std::llround(*value);
  return otherwise;
}

double ConfigNode::real(double otherwise) const {
  if (const auto* value = std::get_if<double>(&data_)) return *value;
  if (const auto* value = std::get_if<std::int64_t>(&data_)) return static_cast<double>(*value);
  return otherwise;
}

std::string_view ConfigNode::text(std::string_view otherwise) const {
  if (const auto* value = std::get_if<std::string>(&data_)) return *value;
  const auto* file = std::get_if<Contents>(&data_);
  return file != nullptr && file->text != nullptr ? std::string_view(*file->text) : otherwise;
}

std::string_view ConfigNode::secret() const {
  const auto* value = std::get_if<Secret>(&data_);
  return value != nullptr && value->text != nullptr ? std::string_view(*value->text) : std::string_view();
}

const ConfigNode::List& ConfigNode::list() const {
  const auto* value = std::get_if<List>(&data_);
  return value != nullptr ? *value : kNoList;
}

const ConfigNode::Table& ConfigNode::table() const {
  const auto* value = std::get_if<Table>(&data_);
  return value != nullptr ? *value : kNoTable;
}

}  // namespace afferent::core
