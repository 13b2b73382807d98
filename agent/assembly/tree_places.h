// Finds in a device's options and profile what a problem is about. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "agent/config/problem.h"
#include "agent/core/config_tree.h"
#include "agent/core/driver.h"

namespace afferent::assembly {

enum class Part : std::uint8_t { options, profile };

const core::ConfigNode& part_of(const core::DriverDevice& device, Part part);
core::ConfigNode& part_of(core::DriverDevice& device, Part part);
std::span<const core::ConfigField> fields_of(const core::DriverSpec& spec, Part part);

// One key of the device, or one table of the list that stands under it.
struct TreePlace {
  Part part{};
  std::string key;
  std::optional<std::size_t> item{};
};

bool same_place(const core::Source& one, const core::Source& other);

// The key that stands where the problem is, and that the problem names. Of a list one of its values may stand there.
std::optional<TreePlace> key_at(const core::DriverDevice& device, const config::Problem& problem);

// The table of a list that the problem stands in.
std::optional<TreePlace> item_at(const core::DriverDevice& device, const config::Problem& problem);

// Other keys may lean on a list or table.
bool is_single(const core::ConfigNode& node);

const core::ConfigNode& node_at(const core::DriverDevice& device, const TreePlace& place);
void put(core::DriverDevice& device, const TreePlace& place, core::ConfigNode value);  // of a key, not of an item
void take_away(core::DriverDevice& device, const TreePlace& place);

}  // namespace afferent::assembly
