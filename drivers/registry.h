// The built-in drivers. A new driver is a line in registry.cpp. Static data, thread-safe.
#pragma once

#include <span>
#include <string_view>

#include "agent/core/driver.h"

namespace afferent::drivers {

std::span<const core::DriverSpec* const> built_in();  // in alphabetical order
const core::DriverSpec* find(std::string_view name);  // nullptr for an unknown name

}  // namespace afferent::drivers
