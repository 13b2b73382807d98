// LoRaWAN devices behind ChirpStack v4 or The Things Stack v3. Static data, thread-safe.
#pragma once

#include "agent/core/driver.h"

namespace afferent::drivers::lorawan {

const core::DriverSpec& spec();

}  // namespace afferent::drivers::lorawan
