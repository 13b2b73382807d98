// The keys of a Modbus device and of a Modbus profile. Static data.
#pragma once

#include <span>

#include "agent/core/config_tree.h"

namespace afferent::drivers::modbus {

std::span<const core::ConfigField> device_fields();
std::span<const core::ConfigField> profile_fields();

}  // namespace afferent::drivers::modbus
