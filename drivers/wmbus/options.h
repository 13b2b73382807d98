// The keys of wireless meters in the configuration, as checked settings. Value types.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agent/core/config_tree.h"
#include "agent/core/driver.h"
#include "agent/core/result.h"
#include "drivers/common/mbus_header.h"
#include "drivers/wmbus/keys.h"
#include "drivers/wmbus/source.h"

namespace afferent::drivers::wmbus {

struct MeterSettings {
  std::string name;                      // the device's id in the configuration
  std::optional<std::uint32_t> address;  // nothing: any meter, as for frames from a command line
  std::optional<std::uint16_t> maker;
  std::optional<std::uint8_t> version;
  std::optional<std::uint8_t> type;
  core::Nanos repeated_within{};
  std::shared_ptr<const KeyRing> keys;  // null: none

  bool is(const mbus::Identity& meter) const;
  int particular() const { return maker.has_value() + type.has_value() + version.has_value(); }
};

struct Settings {
  SourceOptions source;
  std::vector<MeterSettings> meters;  // in the order of the devices
};

std::span<const core::ConfigField> option_fields();
// Error{bad_config} names file, line and key, and never what stands in a key file.
core::Result<Settings> settings_from(const core::DriverConfig& config);

}  // namespace afferent::drivers::wmbus
