#include "drivers/mbus/mbus.h"

#include <array>

#include "drivers/mbus/driver.h"
#include "drivers/mbus/options.h"

namespace afferent::drivers::mbus {
namespace {

constexpr std::array kCommands{
    core::CommandSpec{"search",
                      "by=secondary, id=8 or 16 digits with F for any: walks the identification numbers; by=primary, "
                      "from=1, to=250: asks each address. Who is found is reported as heard."},
    core::CommandSpec{"reset", "Resets the link (SND_NKE); with a secondary address deselects all slaves."},
    core::CommandSpec{"alarm", "Asks for alarms (REQ_UD1): `flag_alarm`, and the records of an alarm telegram."},
    core::CommandSpec{"application_reset", "code=two hex digits: chooses what the meter sends (CI 50)."},
    core::CommandSpec{"address", "to=0..250: gives the meter another primary address."},
    core::CommandSpec{"baud",
                      "to=300|600|1200|2400|4800|9600|19200|38400: changes the meter's baud rate (CI B8 to BF)."},
    core::CommandSpec{"clock", "time=YYYY-MM-DDThh:mm:ss: sets the meter's clock."},
    core::CommandSpec{"write", "data=hex: sends records as they are (CI 51)."},
};

core::Result<std::unique_ptr<core::Driver>> create(const core::DriverConfig& config) {
  if (config.devices.size() != 1) return core::Error(core::ErrorCode::bug, "mbus takes exactly one device");
  auto settings = settings_from(config.devices.front());
  if (!settings) return std::move(settings).error();
  return std::unique_ptr<core::Driver>(std::make_unique<Meter>(*settings));
}

core::DriverSpec make_spec() {
  core::DriverSpec spec;
  spec.name = "mbus";
  spec.summary = "Wired M-Bus (EN 13757-2, -3): water, heat, gas and electricity meters";
  spec.options = option_fields();
  spec.any_digit = "F";
  spec.port.line = {2400, 8, core::Parity::even, 1};
  spec.port.reply_timeout = core::Millis(500);
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

}  // namespace afferent::drivers::mbus
