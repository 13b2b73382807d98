// LLRP 1.0.1 and 1.1: UHF RFID readers on the network, which report the tags that they hear. Static data.
#pragma once

#include "agent/core/driver.h"

namespace afferent::drivers::llrp {

const core::DriverSpec& spec();

}  // namespace afferent::drivers::llrp
