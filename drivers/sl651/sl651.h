// SL 651-2014: hydrological stations that push to a centre over TCP. Static data.
#pragma once

#include "agent/core/driver.h"

namespace afferent::drivers::sl651 {

const core::DriverSpec& spec();

}  // namespace afferent::drivers::sl651
