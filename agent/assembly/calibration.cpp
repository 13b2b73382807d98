#include "agent/assembly/calibration.h"

#include <algorithm>
#include <string>
#include <utility>

#include "agent/assembly/driver_mistakes.h"

namespace afferent::assembly {
namespace {

const core::ChannelSpec* channel_named(std::span<const core::ChannelSpec> channels, std::string_view name) {
  const auto found = std::find_if(channels.begin(), channels.end(),
                                  [name](const core::ChannelSpec& channel) { return channel.name == name; });
  return found == channels.end() ? nullptr : &*found;
}

// What the wire tells of is not known yet, but a flag is one whatever the driver.
core::Value::Kind kind_of(const core::ChannelSpec* channel, std::string_view name) {
  if (channel != nullptr) return core::kind_of(channel->quantity);
  return name.starts_with("flag_") ? core::Value::Kind::boolean : core::Value::Kind::number;
}

std::string not_there(const std::string& name, std::span<const core::ChannelSpec> channels) {
  std::string known;
  for (const core::ChannelSpec& channel : channels) known += (known.empty() ? "" : ", ") + channel.name;
  return "calibration: there is no channel '" + name + "'; it has: " + known;
}

std::string no_number(const std::string& name, core::Value::Kind kind) {
  return "calibration: channel '" + name + "' is " + (kind == core::Value::Kind::text ? "a text" : "true or false") +
         "; only numbers can be corrected";
}

}  // namespace

std::vector<std::string_view> calibrated_and_missing(const config::DeviceConfig& device,
                                                     std::span<const core::ChannelSpec> channels) {
  std::vector<std::string_view> missing;
  for (const core::Calibration& calibration : device.identity.calibration) {
    if (channel_named(channels, calibration.channel) == nullptr) missing.push_back(calibration.channel);
  }
  return missing;
}

config::Problems calibration_mistakes(const config::DeviceConfig& device, std::span<const core::ChannelSpec> channels,
                                      bool declares, std::span<const std::string_view> excused) {
  config::Problems problems;
  for (std::size_t i = 0; i < device.identity.calibration.size(); ++i) {
    const std::string& name = device.identity.calibration[i].channel;
    const core::ChannelSpec* channel = channel_named(channels, name);
    const core::Value::Kind kind = kind_of(channel, name);
    const bool missing =
        channel == nullptr && !declares && std::find(excused.begin(), excused.end(), name) == excused.end();
    const bool uncorrectable = (channel != nullptr || declares) && kind != core::Value::Kind::number;
    if (!missing && !uncorrectable) continue;
    config::Problem problem = in_device(device);
    if (i < device.calibration_from.size()) problem.source = device.calibration_from[i];
    problem.message = missing ? not_there(name, channels) : no_number(name, kind);
    problems.push_back(std::move(problem));
  }
  return problems;
}

}  // namespace afferent::assembly
