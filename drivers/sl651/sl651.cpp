#include "drivers/sl651/sl651.h"

#include <array>
#include <map>
#include <string>

#include "drivers/sl651/center.h"
#include "drivers/sl651/options.h"

namespace afferent::drivers::sl651 {
namespace {

constexpr core::Millis kReplyTimeout{20'000};  // of a station on a mobile network

constexpr std::array kCommands{
    core::CommandSpec{"query", "Asks the station for its present values (37)."},
    core::CommandSpec{"status", "Asks for its alarms and states (46)."},
    core::CommandSpec{"version", "Asks for the version of its software (45)."},
    core::CommandSpec{"clock", "Sets the station's clock to the gateway's time (4A)."},
};

core::Result<std::unique_ptr<core::Driver>> create(const core::DriverConfig& config) {
  std::vector<Settings> stations;
  std::map<std::string, const core::DriverDevice*> addresses;
  for (const core::DriverDevice& device : config.devices) {
    auto settings = settings_from(device);
    if (!settings) return std::move(settings).error();
    const auto [first, fresh] = addresses.emplace(settings->station, &device);
    if (!fresh) {
      const core::ConfigNode& node = device.options["station"];
      const core::Source place = first->second->options["station"].source();
      return core::Error(core::ErrorCode::bad_config, node.source().text() + ": device.station: \"" +
                                                          std::string(node.text()) + "\" is the address of device '" +
                                                          first->second->id + "' at " + place.text() +
                                                          " already; each station has its own");
    }
    stations.push_back(std::move(*settings));
  }
  return std::unique_ptr<core::Driver>(std::make_unique<Center>(std::move(stations)));
}

core::DriverSpec make_spec() {
  core::DriverSpec spec;
  spec.name = "sl651";
  spec.summary = "SL 651-2014: hydrological stations that push over TCP";
  spec.scope = core::Scope::port;
  spec.options = option_fields();
  spec.ports = "tcp-listen|tcp|serial";
  spec.port.line = {9600, 8, core::Parity::none, 1};
  spec.port.reply_timeout = kReplyTimeout;
  spec.port.retries = 0;
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

}  // namespace afferent::drivers::sl651
