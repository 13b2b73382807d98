// A Modbus device that answers as its profile says: the inverse of the decoder. Loop-bound.
#pragma once

#include <memory>

#include "agent/core/driver.h"
#include "agent/core/result.h"
#include "drivers/common/simulated.h"

namespace afferent::drivers::modbus {

// Takes the same options and profile as the driver. Error{bad_config} as create().
core::Result<std::unique_ptr<SimulatedDevice>> simulate(const core::DriverDevice& device);

}  // namespace afferent::drivers::modbus
