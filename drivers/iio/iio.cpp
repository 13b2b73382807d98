#include "drivers/iio/iio.h"

#include <array>

#include "drivers/iio/driver.h"
#include "drivers/iio/settings.h"

namespace afferent::drivers::iio {
namespace {

constexpr std::array kCommands{
    core::CommandSpec{"reference",
                      "Takes the present position as the installed one, or x=, y=, z= in m/s2; kept over restarts."},
};

core::Result<std::unique_ptr<core::Driver>> create(const core::DriverConfig& config) {
  if (config.devices.size() != 1) return core::Error(core::ErrorCode::bug, "iio takes exactly one device");
  auto settings = settings_from(config.devices.front());
  if (!settings) return std::move(settings).error();
  return std::unique_ptr<core::Driver>(std::make_unique<Sensor>(std::move(*settings)));
}

core::DriverSpec make_spec() {
  core::DriverSpec spec;
  spec.name = "iio";
  spec.summary = "Industrial I/O: tilt by accelerometer, 4-20 mA through a converter, other values";
  spec.options = option_fields();
  spec.port.reply_timeout = core::Millis(3000);
  spec.port.retries = 0;
  spec.ports = "iio";
  spec.commands = kCommands;
  spec.create = create;
  return spec;
}

}  // namespace

const core::DriverSpec& spec() {
  static const core::DriverSpec kSpec = make_spec();
  return kSpec;
}

}  // namespace afferent::drivers::iio
