#include "agent/config/device_options.h"

#include <algorithm>

#include "agent/config/files.h"
#include "agent/config/place.h"
#include "agent/config/suggest.h"

namespace afferent::config {
namespace {

using core::ConfigField;
using core::ConfigNode;
using core::DriverSpec;

const ConfigField* field_of(Fields fields, std::string_view key) {
  const auto found = std::find_if(fields.begin(), fields.end(), [key](const ConfigField& f) { return f.key == key; });
  return found == fields.end() ? nullptr : &*found;
}

// A number in front is that of data bits, right or wrong.
bool is_line_framing(std::string_view text) { return !text.empty() && text[0] >= '0' && text[0] <= '9'; }

bool has_own_framing(const ConfigNode& table, const DriverSpec* driver) {
  return driver != nullptr && field_of(driver->options, "framing") != nullptr &&
         !is_line_framing(table["framing"].text());
}

bool takes(const ConfigField& field, std::string_view value) {
  const Names names = split(field.allowed, '|');
  return names.empty() || std::find(names.begin(), names.end(), value) != names.end();
}

}  // namespace

ConfigNode DeviceOptions::check(const ConfigNode& written, const DriverSpec* driver) {
  const ConfigNode normal = normal_form(loading_, written);
  std::vector<ConfigField> fields;
  const bool own_framing = has_own_framing(normal, driver);
  for (const ConfigField& field : device_fields()) {
    if (field.key != "framing" || !own_framing) fields.push_back(field);
  }
  if (driver != nullptr) {
    for (const ConfigField& field : driver->options) {
      if (field_of(fields, field.key) == nullptr) fields.push_back(field);
    }
  }
  return checked(loading_, normal, fields, "device", driver == nullptr);
}

ConfigNode DeviceOptions::without_own_framing(const ConfigNode& table, const DriverSpec* driver) const {
  return has_own_framing(table, driver) ? with(table, "framing", {}) : table;
}

void DeviceOptions::read(const ConfigNode& table, const PortConfig* port, DeviceConfig& device) {
  ConfigNode::Table options;
  if (device.driver != nullptr) {
    for (const ConfigField& field : device.driver->options) {
      if (field.key != "framing" && table.has(field.key)) options.emplace(std::string(field.key), table[field.key]);
    }
    read_framing(table, port, *device.driver, options);
    read_profile(table, device);
  }
  device.options = ConfigNode(std::move(options), table.source());
}

void DeviceOptions::read_framing(const ConfigNode& table, const PortConfig* port, const DriverSpec& driver,
                                 ConfigNode::Table& options) {
  const ConfigField* field = field_of(driver.options, "framing");
  if (field == nullptr) return;
  const ConfigNode& given = table["framing"];
  // A default has no line; it gives way to what the port says.
  if (has_own_framing(table, &driver) && given.source().line != 0) {
    if (given.text() == "tcp" && port != nullptr && port->kind == PortConfig::Kind::serial) {
      loading_.problem(given, "device.framing", "\"tcp\" is not for a serial port; allowed there: rtu");
    }
    options.emplace("framing", given);
    return;
  }
  const std::string value = port != nullptr && port->modbus_tcp ? "tcp" : "rtu";
  if (takes(*field, value)) options.emplace("framing", ConfigNode(value, core::Source{table.source().file, 0}));
}

void DeviceOptions::read_profile(const ConfigNode& table, DeviceConfig& device) {
  const ConfigNode& name = table["profile"];
  const DriverSpec& driver = *device.driver;
  if (name.empty()) {
    if (driver.profile_required) {
      loading_.problem(table, "device.profile",
                       "missing; the driver " + std::string(driver.name) + " needs a profile, by name or path");
    }
    return;
  }
  const std::string key = std::string(driver.name) + "\n" + resolved(std::string(name.text()), name.source().file);
  const auto [known, fresh] = profiles_.emplace(key, Known());
  if (fresh) {
    Profile profile = load_profile(driver, std::string(name.text()), loading_.places, name.source());
    for (Problem& problem : profile.problems) {
      if (problem.key == "profile" && problem.source.file == name.source().file) problem.key = "device.profile";
      loading_.problems.push_back(problem);
    }
    known->second.problems = std::move(profile.problems);
    known->second.node = std::move(profile.node);
  }
  device.profile = known->second.node;
  device.mistakes = known->second.problems;
}

}  // namespace afferent::config
