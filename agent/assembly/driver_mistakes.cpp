#include "agent/assembly/driver_mistakes.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "agent/plugin/guarded_driver.h"

namespace afferent::assembly {
namespace {

using core::ConfigNode;

constexpr int kMostTries = 20;  // for one device

bool is_key(std::string_view text) {
  return !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.") == text.npos;
}

// Drivers say `address = "12": must be ...`; the key is told as that of any other mistake.
void take_key(config::Problem& problem) {
  const std::size_t end = problem.message.find(" = \"");
  const std::string_view key = std::string_view(problem.message).substr(0, end);
  if (end == std::string::npos || problem.key.starts_with("device.") || !is_key(key)) return;
  problem.key = "device." + std::string(key);
  problem.message.erase(0, end + 3);
}

// One a line of the message.
config::Problems problems_in(std::string_view message, const config::DeviceConfig& device) {
  config::Problems problems;
  while (!message.empty()) {
    const std::size_t end = std::min(message.find('\n'), message.size());
    config::Problem problem = config::located(message.substr(0, end), in_device(device));
    take_key(problem);
    problems.push_back(std::move(problem));
    message.remove_prefix(std::min(end + 1, message.size()));
  }
  if (problems.empty()) problems.push_back(in_device(device));
  return problems;
}

bool same_place(const core::Source& one, const core::Source& other) {
  return one.line != 0 && one.line == other.line && one.file == other.file;
}

bool stands_at(const ConfigNode& node, const core::Source& place) {
  if (same_place(node.source(), place)) return true;
  const auto in_item = [&place](const ConfigNode& item) { return same_place(item.source(), place); };
  return std::any_of(node.list().begin(), node.list().end(), in_item);
}

// The option that stands where the problem is, and that its key names; null: none.
const ConfigNode::Table::value_type* option_at(const core::DriverDevice& device, const config::Problem& problem) {
  for (const auto& option : device.options.table()) {
    if (!stands_at(option.second, problem.source)) continue;
    if (problem.key == "device." + option.first || problem.key == option.first) return &option;
  }
  return nullptr;
}

// Other options may lean on a list or table, so it is not taken away.
bool is_single(const ConfigNode& node) {
  return !std::holds_alternative<ConfigNode::List>(node.data()) &&
         !std::holds_alternative<ConfigNode::Table>(node.data());
}

// `others`: something was taken away before, so that only what an option says by itself is a mistake of its own.
config::Problems alone(const core::DriverSpec& spec, core::DriverDevice device, const config::DeviceConfig& written,
                       const core::Clock& clock, bool others = false) {
  config::Problems all;
  for (int tries = 0; tries < kMostTries; ++tries) {
    const auto driver = plugin::create_driver(spec, {{device}}, clock);
    if (driver) break;
    config::Problems found = problems_in(driver.error().message(), written);
    const auto* option = found.size() == 1 ? option_at(device, found.front()) : nullptr;
    if (others || tries > 0) {
      std::erase_if(found, [&device](const config::Problem& one) { return option_at(device, one) == nullptr; });
    }
    if (found.empty()) break;
    std::move(found.begin(), found.end(), std::back_inserter(all));
    if (option == nullptr || !is_single(option->second)) break;
    ConfigNode::Table rest = device.options.table();
    rest.erase(option->first);
    device.options = ConfigNode(std::move(rest), device.options.source());
  }
  return all;
}

// Whom of several devices the problem is about; nobody where it does not say.
std::optional<std::size_t> whose(const core::DriverConfig& setup, std::span<const config::DeviceConfig* const> devices,
                                 const config::Problem& problem) {
  for (std::size_t i = 0; i < setup.devices.size(); ++i) {
    if (same_place(devices[i]->source, problem.source)) return i;
    for (const auto& [key, value] : setup.devices[i].options.table()) {
      if (same_place(value.source(), problem.source)) return i;
    }
  }
  return std::nullopt;
}

}  // namespace

config::Problem in_device(const config::DeviceConfig& device) {
  return {device.source, "device '" + device.identity.id + "'", {}, 0};
}

config::Problems driver_mistakes(const core::DriverSpec& spec, const core::DriverConfig& setup,
                                 std::span<const config::DeviceConfig* const> devices, const core::Clock& clock) {
  config::Problems all;
  core::DriverConfig rest;
  std::vector<const config::DeviceConfig*> left;
  for (std::size_t i = 0; i < setup.devices.size(); ++i) {
    config::Problems found = alone(spec, setup.devices[i], *devices[i], clock);
    if (found.empty()) {
      rest.devices.push_back(setup.devices[i]);
      left.push_back(devices[i]);
    }
    std::move(found.begin(), found.end(), std::back_inserter(all));
  }
  while (rest.devices.size() > 1) {
    const auto driver = plugin::create_driver(spec, rest, clock);
    if (driver) break;
    config::Problems found = problems_in(driver.error().message(), *left.front());
    const auto blamed = whose(rest, left, found.front());
    std::move(found.begin(), found.end(), std::back_inserter(all));
    if (!blamed) break;
    rest.devices.erase(rest.devices.begin() + static_cast<std::ptrdiff_t>(*blamed));
    left.erase(left.begin() + static_cast<std::ptrdiff_t>(*blamed));
  }
  return all;
}

config::Problems option_mistakes(const core::DriverSpec& spec, const core::DriverDevice& device,
                                 const config::DeviceConfig& written, const core::Clock& clock) {
  return alone(spec, device, written, clock, true);
}

}  // namespace afferent::assembly
