#include "drivers/cjt188/cjt188.h"

#include <array>

#include "drivers/cjt188/driver.h"
#include "drivers/cjt188/options.h"

namespace afferent::drivers::cjt188 {
namespace {

constexpr std::array kCommands{
    core::CommandSpec{"valve", "position=open|close: moves the meter's valve (A017)."},
    core::CommandSpec{"search", "Asks the one meter of a point-to-point line for its address (810A)."},
    core::CommandSpec{"read", "di=8105: reads other data once."},
    core::CommandSpec{"clock", "time=YYYY-MM-DDThh:mm:ss: sets the meter's clock (A015), local time."},
    core::CommandSpec{"address", "to=14 digits: gives the meter another address (A018)."},
};

core::Result<std::unique_ptr<core::Driver>> create(const core::DriverConfig& config) {
  if (config.devices.size() != 1) return core::Error(core::ErrorCode::bug, "cjt188 takes exactly one device");
  auto settings = settings_from(config.devices.front());
  if (!settings) return std::move(settings).error();
  return std::unique_ptr<core::Driver>(std::make_unique<Meter>(std::move(*settings)));
}

core::DriverSpec make_spec() {
  core::DriverSpec spec;
  spec.name = "cjt188";
  spec.summary = "CJ/T 188 (2004, 2018): household water, heat and gas meters";
  spec.options = option_fields();
  spec.any_digit = "A";
  spec.port.line = {2400, 8, core::Parity::even, 1};
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

}  // namespace afferent::drivers::cjt188
