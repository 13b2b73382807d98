// What is wrong with a device's corrections, once its channels are known. Pure functions.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "agent/config/config.h"
#include "agent/config/problem.h"
#include "agent/core/channel.h"

namespace afferent::assembly {

// Corrections of what is no number, where they stand, and those of channels that are not there: the right one would
// stay uncorrected, without a word. `excused`: names that may be missing; a device that `declares` may come to have
// any.
config::Problems calibration_mistakes(const config::DeviceConfig& device, std::span<const core::ChannelSpec> channels,
                                      bool declares, std::span<const std::string_view> excused = {});

// The calibrated channels that are not among `channels`.
std::vector<std::string_view> calibrated_and_missing(const config::DeviceConfig& device,
                                                     std::span<const core::ChannelSpec> channels);

}  // namespace afferent::assembly
