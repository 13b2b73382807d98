// The driver for wired M-Bus meters. Static data, thread-safe.
#pragma once

#include "agent/core/driver.h"

namespace afferent::drivers::mbus {

const core::DriverSpec& spec();

}  // namespace afferent::drivers::mbus
