// The drivers that a configuration asks for: what the agent runs and what `afferent check` tries.
// Single-threaded; reads no device.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "agent/config/config.h"
#include "agent/config/problem.h"
#include "agent/core/clock.h"
#include "agent/core/driver.h"

namespace afferent::assembly {

struct PlacedDriver {
  std::size_t port = 0;  // index in Config::ports
  const core::DriverSpec* spec = nullptr;
  std::vector<core::DeviceId> devices;  // index in Config::devices; never empty, one of them for scope `device`
  std::unique_ptr<core::Driver> driver;
};

struct Drivers {
  std::vector<PlacedDriver> placed;  // those of scope `device` in the order of their devices, then one a port and kind
  config::Problems problems;         // of those that could not be created, all of them
  std::vector<core::DeviceId> refused;
};

// Of the devices that are not broken; `clock` outlives the drivers.
Drivers make_drivers(const config::Config& config, const core::Clock& clock);

}  // namespace afferent::assembly
