// An SDI-12 sensor for the simulator: identification, measurements, data, address. Loop-bound.
#pragma once

#include <memory>

#include "agent/core/driver.h"
#include "agent/core/result.h"
#include "drivers/common/simulated.h"

namespace afferent::drivers::sdi12 {

// From the options of the driver. The values are those of the named channels, in their order, in the sensor's own unit
// with three decimals; they are measured when they are asked for, so that no time is announced. Error{bad_config}
// without an address or channels.
core::Result<std::unique_ptr<SimulatedDevice>> simulate(const core::DriverDevice& device);

}  // namespace afferent::drivers::sdi12
