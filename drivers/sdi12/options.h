// The options of an SDI-12 sensor: their table and their meaning. Static data and value types.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/driver.h"

namespace afferent::drivers::sdi12 {

// A value of the sensor that has a name: the how-manieth value of which measurement.
struct NamedValue {
  std::size_t measurement = 0;  // index into Settings::measurements
  std::size_t value = 0;        // from 0
  double scale = 1.0;
  double offset = 0.0;
  core::ChannelSpec channel;
};

struct Settings {
  std::optional<char> address;            // nothing: of any sensor, for decoding only
  std::vector<std::string> measurements;  // "M", "C1", "MC", "R0"; never empty
  std::vector<NamedValue> values;         // empty: all values, as value1, value2, ...
  bool identify = true;
  bool breaks = true;  // a line that can send a break; others leave it to the adapter

  bool hears(char from) const { return !address || *address == from; }
};

bool has_crc(std::string_view measurement);        // MC, CC1, RC0
bool is_continuous(std::string_view measurement);  // R0: the values come at once

// M, MC, C and CC are one kind of measurement, M1, MC1, C1 and CC1 another: "" and "m1_"; "r0_", "v_".
std::string slot_of(std::string_view measurement);

std::span<const core::ConfigField> option_fields();

// Error{bad_config} with file, line and key.
core::Result<Settings> settings_from(const core::DriverDevice& device);

}  // namespace afferent::drivers::sdi12
