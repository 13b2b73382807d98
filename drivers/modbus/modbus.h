// Modbus RTU and TCP (Modbus Application Protocol V1.1b3, Modbus over Serial Line V1.02). Devices differ by profile.
// Static data.
#pragma once

#include "agent/core/driver.h"

namespace afferent::drivers::modbus {

const core::DriverSpec& spec();

}  // namespace afferent::drivers::modbus
