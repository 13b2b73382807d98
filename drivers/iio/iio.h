// Sensors and converters of the kernel's Industrial I/O: tilt, current loops, any other value. Static data.
#pragma once

#include "agent/core/driver.h"

namespace afferent::drivers::iio {

const core::DriverSpec& spec();

}  // namespace afferent::drivers::iio
