#include "drivers/gpio/gpio.h"

#include <array>

#include "drivers/gpio/driver.h"
#include "drivers/gpio/settings.h"

namespace afferent::drivers::gpio {
namespace {

constexpr std::array kCommands{
    core::CommandSpec{"set", "state=on|off, for=2.5: drives an output, for so many seconds if said, then back."},
    core::CommandSpec{"total", "pulses=1234: sets the count of a pulse counter, as when its meter was changed."},
};

core::Result<std::unique_ptr<core::Driver>> create(const core::DriverConfig& config) {
  if (config.devices.size() != 1) return core::Error(core::ErrorCode::bug, "gpio takes exactly one device");
  auto settings = settings_from(config.devices.front());
  if (!settings) return std::move(settings).error();
  return std::unique_ptr<core::Driver>(std::make_unique<Line>(std::move(*settings)));
}

core::DriverSpec make_spec() {
  core::DriverSpec spec;
  spec.name = "gpio";
  spec.summary = "A digital line: contact, pulse counter or output";
  spec.options = option_fields();
  spec.port.retries = 0;
  spec.ports = "gpio";
  spec.commands = kCommands;
  spec.create = create;
  return spec;
}

}  // namespace

const core::DriverSpec& spec() {
  static const core::DriverSpec kSpec = make_spec();
  return kSpec;
}

}  // namespace afferent::drivers::gpio
