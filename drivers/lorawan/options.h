// The keys of a LoRaWAN device and of its profile, as checked settings. Value types.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "agent/core/config_tree.h"
#include "agent/core/driver.h"
#include "drivers/lorawan/fields.h"

namespace afferent::drivers::lorawan {

struct Settings {
  std::string id;
  std::string dev_eui;              // lower case; empty: decodes whatever comes (`afferent decode`)
  std::string codec;                // path of the script; empty: the network server decodes
  std::vector<std::uint8_t> ports;  // whose payloads go to the codec; empty: all
  std::string variables;            // JSON object for the codec
  std::string application;          // for downlinks before the first uplink
  std::vector<Field> fields;        // empty: every leaf is a channel
};

std::span<const core::ConfigField> option_fields();
std::span<const core::ConfigField> profile_fields();

// Error{bad_config} names file, line and key.
core::Result<Settings> settings_from(const core::DriverDevice& device);

}  // namespace afferent::drivers::lorawan
