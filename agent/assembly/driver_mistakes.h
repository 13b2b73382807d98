// What drivers say against devices: all of it, not only the first. Single-threaded; reads no device.
#pragma once

#include <span>
#include <vector>

#include "agent/config/config.h"
#include "agent/config/problem.h"
#include "agent/core/clock.h"
#include "agent/core/driver.h"

namespace afferent::assembly {

// Something against a device, yet to be said: at its table, naming it.
config::Problem in_device(const config::DeviceConfig& device);

// Of devices that `spec` refused to make one driver for; `setup.devices` and `devices` are parallel. Each device is
// tried alone, without the options and tables that were refused so far, and its corrections are checked; then those
// that are right alone are tried together. Never empty.
config::Problems driver_mistakes(const core::DriverSpec& spec, const core::DriverConfig& setup,
                                 std::span<const config::DeviceConfig* const> devices, const core::Clock& clock);

// Of a device in which something is wrong already: what the driver says of the rest of it, and what is wrong with its
// corrections; not what only follows of the mistakes that are known.
config::Problems option_mistakes(const core::DriverSpec& spec, const core::DriverDevice& device,
                                 const config::DeviceConfig& written, const core::Clock& clock);

}  // namespace afferent::assembly
