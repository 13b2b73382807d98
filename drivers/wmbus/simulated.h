// A meter with its radio for the simulator: sends telegrams by itself, as the dongle hands them over. Loop-bound.
#pragma once

#include <memory>

#include "agent/core/driver.h"
#include "drivers/common/simulated.h"

namespace afferent::drivers::wmbus {

// From the options of the driver; `address` must be there. With a key it sends security mode 5, without plain; maker,
// type and version are AFR, 07 and 01 where they are not given. Error{bad_config} otherwise.
core::Result<std::unique_ptr<SimulatedDevice>> simulate(const core::DriverDevice& device);

}  // namespace afferent::drivers::wmbus
