#include "drivers/sdi12/sdi12.h"

#include <array>

#include "drivers/sdi12/options.h"
#include "drivers/sdi12/sensor.h"

namespace afferent::drivers::sdi12 {
namespace {

// The sensor has 15 ms to begin (4.2.8 of the standard); the rest is for adapters.
constexpr core::Millis kReplyTimeout{300};
constexpr std::uint8_t kRetries = 3;

constexpr std::array kCommands{
    core::CommandSpec{"alive", "Asks whether the sensor is there (a!)."},
    core::CommandSpec{"identify", "Asks for maker, model and version (aI!)."},
    core::CommandSpec{"search", "Asks the one sensor of a line for its address (?!)."},
    core::CommandSpec{"address", "to=b: gives the sensor another address (aAb!)."},
    core::CommandSpec{"send", "text=XABC: sends any command, without address and exclamation mark."},
};

core::Result<std::unique_ptr<core::Driver>> create(const core::DriverConfig& config) {
  if (config.devices.size() != 1) return core::Error(core::ErrorCode::bug, "sdi12 takes exactly one device");
  auto settings = settings_from(config.devices.front());
  if (!settings) return std::move(settings).error();
  return std::unique_ptr<core::Driver>(std::make_unique<Sensor>(std::move(*settings)));
}

core::DriverSpec make_spec() {
  core::DriverSpec spec;
  spec.name = "sdi12";
  spec.summary = "SDI-12 1.3 and 1.4: environmental sensors on a three-wire line";
  spec.options = option_fields();
  spec.port.line = {1200, 7, core::Parity::even, 1};
  spec.port.reply_timeout = kReplyTimeout;
  spec.port.retries = kRetries;
  spec.commands = kCommands;
  spec.declares = true;
  spec.create = create;
  return spec;
}

}  // namespace

const core::DriverSpec& spec() {
  static const core::DriverSpec kSpec = make_spec();
  return kSpec;
}

}  // namespace afferent::drivers::sdi12
