// One `[[register]]` table to fields of a profile. Value types.
#pragma once

#include "agent/core/config_tree.h"
#include "agent/core/result.h"
#include "drivers/modbus/profile.h"

namespace afferent::drivers::modbus {

// What holds for registers that do not say it themselves.
struct RegisterDefaults {
  int base = 0;
  std::uint8_t function = 3;
  Order order;
  std::optional<std::uint64_t> unit_code;  // the device's own
};

// Appends its fields and channels, `count` of them.
core::Result<void> add_register(const core::ConfigNode& node, const RegisterDefaults& defaults, Profile& profile);

}  // namespace afferent::drivers::modbus
