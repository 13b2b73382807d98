// An M-Bus slave for the simulator: primary and secondary addressing, answers of several telegrams, repetition by FCB.
// Loop-bound.
#pragma once

#include <memory>

#include "agent/core/driver.h"
#include "agent/core/result.h"
#include "drivers/common/simulated.h"

namespace afferent::drivers::mbus {

// From the options of the driver: `address` 0 to 250, and `secondary` without wildcards in its digits; of the two at
// least one. Maker, version and medium are AFR, 01 and 07 where they are not given. Error{bad_config} otherwise.
core::Result<std::unique_ptr<SimulatedDevice>> simulate(const core::DriverDevice& device);

}  // namespace afferent::drivers::mbus
