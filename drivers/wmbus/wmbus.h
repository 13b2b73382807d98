// Wireless M-Bus and OMS (EN 13757-4, -3, -7): water, heat and gas meters that a radio dongle hears. Static data.
#pragma once

#include "agent/core/driver.h"

namespace afferent::drivers::wmbus {

const core::DriverSpec& spec();

}  // namespace afferent::drivers::wmbus
