// Which cameras see a place. Pure function.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "agent/config/config.h"
#include "agent/core/device.h"

namespace afferent::app {

// Ids of the cameras within 300 m, nearest first, at most 8; none for a place without coordinates.
std::vector<std::string> cameras_near(const core::Place& place, std::span<const config::Camera> cameras);

// The same for each device, by DeviceId.
std::vector<std::vector<std::string>> cameras_of(std::span<const core::DeviceIdentity> devices,
                                                 std::span<const config::Camera> cameras);

}  // namespace afferent::app
