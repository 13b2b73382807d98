#include "drivers/registry.h"

#include <array>

#include "drivers/cjt188/cjt188.h"
#include "drivers/gpio/gpio.h"
#include "drivers/iio/iio.h"
#include "drivers/llrp/llrp.h"
#include "drivers/lorawan/lorawan.h"
#include "drivers/mbus/mbus.h"
#include "drivers/modbus/modbus.h"
#include "drivers/sdi12/sdi12.h"
#include "drivers/sl651/sl651.h"
#include "drivers/wmbus/wmbus.h"

namespace afferent::drivers {

std::span<const core::DriverSpec* const> built_in() {
  static const std::array kDrivers{
      &cjt188::spec(), &gpio::spec(),   &iio::spec(),   &llrp::spec(),  &lorawan::spec(),
      &mbus::spec(),   &modbus::spec(), &sdi12::spec(), &sl651::spec(), &wmbus::spec(),
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
