#include "agent/assembly/drivers.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "agent/assembly/addresses.h"
#include "agent/assembly/calibration.h"
#include "agent/assembly/driver_mistakes.h"
#include "agent/plugin/guarded_driver.h"

namespace afferent::assembly {
namespace {

core::DriverDevice driver_device(const config::Config& config, core::DeviceId id) {
  const config::DeviceConfig& device = config.devices[core::index(id)];
  const bool serial = config.ports[device.port].kind == config::PortConfig::Kind::serial;
  return {device.identity.id, device.options, device.profile,
          serial ? core::Port::Medium::serial : core::Port::Medium::stream};
}

// Which drivers there are to be, still without the drivers.
std::vector<PlacedDriver> places_of(const config::Config& config) {
  std::vector<PlacedDriver> places;
  std::map<std::pair<std::size_t, const core::DriverSpec*>, std::vector<core::DeviceId>> shared;
  for (std::uint32_t i = 0; i < config.devices.size(); ++i) {
    const config::DeviceConfig& device = config.devices[i];
    if (device.broken) continue;
    if (device.driver->scope == core::Scope::port) {
      shared[{device.port, device.driver}].push_back(core::DeviceId{i});
    } else {
      places.push_back({device.port, device.driver, {core::DeviceId{i}}, nullptr});
    }
  }
  for (auto& [key, devices] : shared) places.push_back({key.first, key.second, std::move(devices), nullptr});
  return places;
}

void check_calibration(const config::Config& config, const PlacedDriver& placed, config::Problems& problems) {
  for (std::size_t i = 0; i < placed.devices.size(); ++i) {
    const config::DeviceConfig& device = config.devices[core::index(placed.devices[i])];
    const auto channels = placed.driver->channels(static_cast<core::DeviceRef>(i));
    for (config::Problem& problem : calibration_mistakes(device, channels, placed.spec->declares))
      problems.push_back(std::move(problem));
  }
}

// What is wrong with a profile is told once, not for each of its devices.
void tell_once(config::Problems& problems) {
  std::set<std::string> told;
  std::erase_if(problems, [&told](const config::Problem& one) {
    return one.source.line != 0 && !told.insert(one.source.text() + "\n" + one.message).second;
  });
}

}  // namespace

Drivers make_drivers(const config::Config& config, const core::Clock& clock) {
  Drivers drivers;
  for (PlacedDriver& place : places_of(config)) {
    core::DriverConfig setup;
    for (const core::DeviceId id : place.devices) setup.devices.push_back(driver_device(config, id));
    auto driver = plugin::create_driver(*place.spec, setup, clock);
    if (!driver) {
      std::vector<const config::DeviceConfig*> written;
      for (const core::DeviceId id : place.devices) written.push_back(&config.devices[core::index(id)]);
      for (config::Problem& problem : driver_mistakes(*place.spec, setup, written, clock))
        drivers.problems.push_back(std::move(problem));
      drivers.refused.insert(drivers.refused.end(), place.devices.begin(), place.devices.end());
      continue;
    }
    place.driver = std::move(driver).value();
    check_calibration(config, place, drivers.problems);
    drivers.placed.push_back(std::move(place));
  }
  for (std::uint32_t i = 0; i < config.devices.size(); ++i) {
    const config::DeviceConfig& device = config.devices[i];
    const bool placed = device.port < config.ports.size() && config.ports[device.port].kind_known;
    if (!device.broken || device.driver == nullptr || !placed) continue;
    for (config::Problem& problem :
         option_mistakes(*device.driver, driver_device(config, core::DeviceId{i}), device, clock))
      drivers.problems.push_back(std::move(problem));
  }
  tell_once(drivers.problems);
  for (config::Problem& problem : same_addresses(config)) drivers.problems.push_back(std::move(problem));
  return drivers;
}

}  // namespace afferent::assembly
