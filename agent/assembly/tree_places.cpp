#include "agent/assembly/tree_places.h"

#include <algorithm>
#include <array>
#include <utility>

namespace afferent::assembly {

using core::ConfigNode;

namespace {

constexpr std::array kParts{Part::options, Part::profile};

bool stands_at(const ConfigNode& node, const core::Source& place) {
  const auto in_item = [&place](const ConfigNode& item) { return same_place(item.source(), place); };
  return in_item(node) || std::any_of(node.list().begin(), node.list().end(), in_item);
}

// As deep as it goes.
bool holds(const ConfigNode& node, const core::Source& place) {
  if (same_place(node.source(), place)) return true;
  const auto in_member = [&place](const auto& member) { return holds(member.second, place); };
  return std::any_of(node.list().begin(), node.list().end(),
                     [&place](const ConfigNode& item) { return holds(item, place); }) ||
         std::any_of(node.table().begin(), node.table().end(), in_member);
}

}  // namespace

const ConfigNode& part_of(const core::DriverDevice& device, Part part) {
  return part == Part::options ? device.options : device.profile;
}

ConfigNode& part_of(core::DriverDevice& device, Part part) {
  return part == Part::options ? device.options : device.profile;
}

std::span<const core::ConfigField> fields_of(const core::DriverSpec& spec, Part part) {
  return part == Part::options ? spec.options : spec.profile;
}

bool same_place(const core::Source& one, const core::Source& other) {
  return one.line != 0 && one.line == other.line && one.file == other.file;
}

std::optional<TreePlace> key_at(const core::DriverDevice& device, const config::Problem& problem) {
  for (const Part part : kParts) {
    for (const auto& [key, value] : part_of(device, part).table()) {
      const bool named = problem.key == key || (part == Part::options && problem.key == "device." + key);
      if (named && stands_at(value, problem.source)) return TreePlace{part, key};
    }
  }
  return std::nullopt;
}

std::optional<TreePlace> item_at(const core::DriverDevice& device, const config::Problem& problem) {
  for (const Part part : kParts) {
    for (const auto& [key, value] : part_of(device, part).table()) {
      const ConfigNode::List& items = value.list();
      for (std::size_t i = 0; i < items.size(); ++i) {
        const bool table = std::holds_alternative<ConfigNode::Table>(items[i].data());
        if (table && holds(items[i], problem.source)) return TreePlace{part, key, i};
      }
    }
  }
  return std::nullopt;
}

bool is_single(const ConfigNode& node) {
  return !std::holds_alternative<ConfigNode::List>(node.data()) &&
         !std::holds_alternative<ConfigNode::Table>(node.data());
}

const ConfigNode& node_at(const core::DriverDevice& device, const TreePlace& place) {
  const ConfigNode& node = part_of(device, place.part)[place.key];
  return place.item ? node.list()[*place.item] : node;
}

void put(core::DriverDevice& device, const TreePlace& place, ConfigNode value) {
  ConfigNode& part = part_of(device, place.part);
  ConfigNode::Table members = part.table();
  members.insert_or_assign(place.key, std::move(value));
  part = ConfigNode(std::move(members), part.source());
}

void take_away(core::DriverDevice& device, const TreePlace& place) {
  ConfigNode& part = part_of(device, place.part);
  if (place.item) {
    const ConfigNode& whole = part[place.key];
    ConfigNode::List items = whole.list();
    items.erase(items.begin() + static_cast<std::ptrdiff_t>(*place.item));
    return put(device, place, ConfigNode(std::move(items), whole.source()));
  }
  ConfigNode::Table members = part.table();
  members.erase(place.key);
  part = ConfigNode(std::move(members), part.source());
}

}  // namespace afferent::assembly
