// Devices of one port that would answer for each other. Pure function; reads no device.
#pragma once

#include "agent/config/config.h"
#include "agent/config/problem.h"

namespace afferent::assembly {

// Two devices of one driver on one port that would ask the same address for the same, or one whose address has
// wildcards that take in another's: both would answer at once.
config::Problems same_addresses(const config::Config& config);

}  // namespace afferent::assembly
