// Digital lines of the gateway: a contact, a pulse counter or an output. Static data.
#pragma once

#include "agent/core/driver.h"

namespace afferent::drivers::gpio {

const core::DriverSpec& spec();

}  // namespace afferent::drivers::gpio
