#include "drivers/wmbus/wmbus.h"

#include "drivers/wmbus/options.h"
#include "drivers/wmbus/radio.h"

namespace afferent::drivers::wmbus {
namespace {

core::Result<std::unique_ptr<core::Driver>> create(const core::DriverConfig& config) {
  auto settings = settings_from(config);
  if (!settings) return std::move(settings).error();
  return std::unique_ptr<core::Driver>(std::make_unique<Radio>(std::move(*settings)));
}

core::DriverSpec make_spec() {
  core::DriverSpec spec;
  spec.name = "wmbus";
  spec.summary = "Wireless M-Bus and OMS: water, heat and gas meters by radio";
  spec.scope = core::Scope::port;
  spec.options = option_fields();
  spec.port.line = {57600, 8, core::Parity::none, 1};
  spec.declares = true;
  spec.create = create;
  return spec;
}

}  // namespace

const core::DriverSpec& spec() {
  static const core::DriverSpec kSpec = make_spec();
  return kSpec;
}

}  // namespace afferent::drivers::wmbus
