// [[device]]: meters and sensors, each with its driver's own keys.
#include <algorithm>

#include "agent/config/device_options.h"
#include "agent/config/loading.h"
#include "agent/config/names.h"
#include "agent/config/place.h"
#include "agent/config/suggest.h"

namespace afferent::config {
namespace {

using core::ConfigNode;

class DeviceReader {
 public:
  explicit DeviceReader(Loading& loading) : loading_(loading), options_(loading) {
    for (std::size_t i = 0; i < loading.config.ports.size(); ++i) {
      const std::string& id = loading.config.ports[i].id;
      if (!id.empty()) ports_.emplace(id, i);
    }
  }

  void read(const ConfigNode& written) {
    DeviceConfig device;
    device.source = written.source();
    const std::size_t before = loading_.problems.size();
    find_driver(written, device);
    const ConfigNode table = options_.check(written, device.driver);
    take_id(loading_, table, "device", ids_);
    find_port(table, device);
    check_fit(table, device);
    device.identity = read_identity(loading_, table);
    for (const ConfigNode& item : table["calibration"].list()) {
      if (item.has("channel")) device.calibration_from.push_back(item["channel"].source());
    }
    read_timing(table, device);
    read_line(table, device);
    options_.read(table, port_of(device), device);
    // Without its port's kind a driver does not know on what it is.
    const bool placed = port_found_ && loading_.config.ports[device.port].kind_known;
    device.mistakes.insert(device.mistakes.end(), loading_.problems.begin() + static_cast<std::ptrdiff_t>(before),
                           loading_.problems.end());
    device.broken = !device.mistakes.empty() || device.driver == nullptr || !placed;
    loading_.config.devices.push_back(std::move(device));
  }

 private:
  void find_driver(const ConfigNode& written, DeviceConfig& device) {
    const ConfigNode& name = written["driver"];
    if (!std::holds_alternative<std::string>(name.data())) return;  // the checker says so
    Names names;
    for (const core::DriverSpec* driver : loading_.drivers) {
      if (driver->name == name.text()) device.driver = driver;
      names.push_back(driver->name);
    }
    if (device.driver == nullptr) {
      loading_.problem(name, "device.driver", "there is no driver " + shown(name) + hint(name.text(), names));
    }
  }

  void find_port(const ConfigNode& table, DeviceConfig& device) {
    const ConfigNode& name = table["port"];
    const auto found = ports_.find(name.text());
    port_found_ = found != ports_.end();
    if (port_found_) device.port = found->second;
    if (port_found_ || name.empty()) return;
    if (loading_.incomplete) return;  // it may stand in the file that could not be parsed
    Names names;
    for (const auto& [id, index] : ports_) names.push_back(id);
    const std::string none = names.empty() ? "; there is no [[port]] at all" : hint(name.text(), names);
    loading_.problem(name, "device.port", "there is no port " + shown(name) + none);
  }

  // What a driver needs of its port: bytes, messages with a topic, edges of lines.
  void check_fit(const ConfigNode& table, const DeviceConfig& device) {
    const PortConfig* port = port_of(device);
    if (port == nullptr || device.driver == nullptr || !port->kind_known) return;
    const Names kinds = split(device.driver->ports, '|');
    if (std::find(kinds.begin(), kinds.end(), name_of(port->kind)) != kinds.end()) return;
    loading_.problem(table["port"], "device.port",
                     "port " + in_quotes(port->id) + " is of kind " + in_quotes(name_of(port->kind)) + "; driver " +
                         in_quotes(device.driver->name) + " needs one of kind " + joined(kinds));
  }

  const PortConfig* port_of(const DeviceConfig& device) const {
    return port_found_ ? &loading_.config.ports[device.port] : nullptr;
  }

  static void read_timing(const ConfigNode& table, DeviceConfig& device) {
    const core::PortDefaults defaults = device.driver != nullptr ? device.driver->port : core::PortDefaults{};
    device.poll = to_millis(table["poll"].real(10));
    device.silence = to_millis(table["silence"].real());
    device.reply_timeout =
        table.has("reply_timeout") ? to_millis(table["reply_timeout"].real()) : defaults.reply_timeout;
    device.retries = static_cast<std::uint8_t>(table["retries"].integer(defaults.retries));
  }

  // What the device does not say comes from its port, and what that does not say from its driver.
  void read_line(const ConfigNode& table, DeviceConfig& device) {
    const ConfigNode line_keys = options_.without_own_framing(table, device.driver);
    const GivenLine own = given_line(line_keys, "device", loading_.problems);
    const PortConfig* port = port_of(device);
    if (port == nullptr) return;
    if (port->kind != PortConfig::Kind::serial) {
      refuse_line(line_keys, "device", "is for a device on a serial port only; a serial server has its own setting",
                  loading_.problems);
      return;
    }
    const GivenLine& shared = loading_.port_lines[device.port];
    if (!own.any() && shared.all()) return;
    const core::LineSettings base = device.driver != nullptr ? device.driver->port.line : core::LineSettings{};
    device.line = own.over(shared.over(base));
  }

  Loading& loading_;
  DeviceOptions options_;
  std::map<std::string, std::size_t, std::less<>> ports_;
  IdPlaces ids_;
  bool port_found_ = false;
};

// A port that does not say it all is opened as its first device listens: one that is never asked depends on it.
void open_as_devices_listen(Loading& loading) {
  std::vector<bool> settled(loading.config.ports.size());
  for (const DeviceConfig& device : loading.config.devices) {
    if (!device.line || settled[device.port]) continue;
    settled[device.port] = true;
    loading.config.ports[device.port].line = *device.line;
  }
}

}  // namespace

void read_devices(Loading& loading, const ConfigNode& root) {
  DeviceReader reader(loading);
  for (const ConfigNode& written : section_tables(loading, root, "device")) reader.read(written);
  open_as_devices_listen(loading);
}

}  // namespace afferent::config
