#include "drivers/llrp/llrp.h"

#include <array>

#include "drivers/llrp/driver.h"
#include "drivers/llrp/options.h"

namespace afferent::drivers::llrp {
namespace {

constexpr std::array kCommands{
    core::CommandSpec{"stop", "Stops the inventory (STOP_ROSPEC) until start or a new connection."},
    core::CommandSpec{"start", "Starts the inventory again (START_ROSPEC)."},
    core::CommandSpec{"close", "Ends the connection in order (CLOSE_CONNECTION); a new one follows."},
};

core::Result<std::unique_ptr<core::Driver>> create(const core::DriverConfig& config) {
  if (config.devices.size() != 1) return core::Error(core::ErrorCode::bug, "llrp takes exactly one device");
  auto settings = settings_from(config.devices.front());
  if (!settings) return std::move(settings).error();
  return std::unique_ptr<core::Driver>(std::make_unique<Reader>(std::move(*settings)));
}

core::DriverSpec make_spec() {
  core::DriverSpec spec;
  spec.name = "llrp";
  spec.summary = "LLRP 1.0.1 and 1.1: UHF RFID readers";
  spec.options = option_fields();
  spec.port.reply_timeout = core::Millis(5000);
  spec.port.retries = 0;  // TCP repeats
  spec.ports = "tcp";
  spec.commands = kCommands;
  spec.create = create;
  return spec;
}

}  // namespace

const core::DriverSpec& spec() {
  static const core::DriverSpec kSpec = make_spec();
  return kSpec;
}

}  // namespace afferent::drivers::llrp
