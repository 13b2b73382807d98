// SDI-12 1.3 and 1.4: environmental sensors on a three-wire line. Static data.
#pragma once

#include "agent/core/driver.h"

namespace afferent::drivers::sdi12 {

const core::DriverSpec& spec();

}  // namespace afferent::drivers::sdi12
