// A CJ/T 188 meter for the simulator: answers readings (901F), history, address, valve and clock. Loop-bound.
#pragma once

#include <memory>

#include "agent/core/driver.h"
#include "agent/core/result.h"
#include "drivers/common/simulated.h"

namespace afferent::drivers::cjt188 {

// From the options of the driver; `address` must be a real one. Error{bad_config} otherwise.
core::Result<std::unique_ptr<SimulatedDevice>> simulate(const core::DriverDevice& device);

}  // namespace afferent::drivers::cjt188
