#include "drivers/registry.h"

#include <array>

#include "drivers/cjt188/cjt188.h"
#include "drivers/modbus/modbus.h"

namespace afferent::drivers {

std::span<const core::DriverSpec* const> built_in() {
  static const std::array kDrivers{
      &cjt188::spec(),
      &modbus::spec(),
  };
  return kDrivers;
}

const core::DriverSpec* find(std::string_view name) {
  for (const core::DriverSpec* driver : built_in()) {
    if (driver->name == name) return driver;
  }
  return nullptr;
}

}  // namespace afferent::drivers
