#include "drivers/lorawan/lorawan.h"

#include <array>
#include <set>

#include "drivers/lorawan/driver.h"
#include "drivers/lorawan/options.h"

namespace afferent::drivers::lorawan {
namespace {

constexpr std::array kCommands{
    core::CommandSpec{
        "downlink",
        "bytes=HEX or base64, or data=JSON for the codec's encodeDownlink; fport=1..255 (default 1, or what the "
        "codec says), confirmed=true|false: queues a message for the device at the network server"},
};

core::Result<std::unique_ptr<core::Driver>> create(const core::DriverConfig& config) {
  std::vector<Settings> settings;
  std::set<std::string> euis;
  for (const core::DriverDevice& device : config.devices) {
    auto one = settings_from(device);
    if (!one) return std::move(one).error();
    if (!euis.insert(one->dev_eui).second) {
      return core::Error(core::ErrorCode::bad_config, device.options["dev_eui"].source().text() + ": dev_eui: '" +
                                                          one->dev_eui + "' is that of another device already");
    }
    settings.push_back(*std::move(one));
  }
  return std::unique_ptr<core::Driver>(std::make_unique<Network>(std::move(settings)));
}

}  // namespace

const core::DriverSpec& spec() {
  static const core::DriverSpec kSpec{
      .name = "lorawan",
      .summary = "LoRaWAN devices behind ChirpStack v4 or The Things Stack v3, decoded by their makers' own codecs",
      .scope = core::Scope::port,
      .options = option_fields(),
      .profile = profile_fields(),
      .profile_required = false,
      .port = {},
      .ports = "mqtt",
      .commands = kCommands,
      .declares = true,
      .create = &create,
  };
  return kSpec;
}

}  // namespace afferent::drivers::lorawan
