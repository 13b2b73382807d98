// CJ/T 188-2004 and CJ/T 188-2018: household water, heat and gas meters on a two-wire line. Static data.
#pragma once

#include "agent/core/driver.h"

namespace afferent::drivers::cjt188 {

const core::DriverSpec& spec();

}  // namespace afferent::drivers::cjt188
