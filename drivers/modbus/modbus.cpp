#include "drivers/modbus/modbus.h"

#include <array>
#include <memory>

#include "drivers/modbus/fields.h"
#include "drivers/modbus/modbus_driver.h"

namespace afferent::drivers::modbus {
namespace {

constexpr std::array kCommands{
    core::CommandSpec{
        "write",
        "address=N (as the profile numbers registers), value=V[,V...] (decimal, negative or 0x hex; on/off for coils), "
        "function=5|6|15|16 (default 6 for one value, 16 for several): writes registers or coils"},
};

core::Result<std::unique_ptr<core::Driver>> create(const core::DriverConfig& config) {
  if (config.devices.size() != 1) return core::Error(core::ErrorCode::bug, "modbus: needs exactly one device");
  core::Result<Profile> profile = make_profile(config.devices.front());
  if (!profile) return std::move(profile).error();
  return std::unique_ptr<core::Driver>(std::make_unique<ModbusDriver>(*std::move(profile)));
}

}  // namespace

const core::DriverSpec& spec() {
  static const core::DriverSpec kSpec{
      .name = "modbus",
      .summary = "Modbus RTU and TCP: sensors and meters described by profiles or register lists",
      .scope = core::Scope::device,
      .options = device_fields(),
      .profile = profile_fields(),
      .profile_required = false,
      .port = {.line = {9600, 8, core::Parity::none, 1},
               .reply_timeout = core::Millis{1000},
               .silence = {},
               .retries = 2},
      .commands = kCommands,
      .create = &create,
  };
  return kSpec;
}

}  // namespace afferent::drivers::modbus
