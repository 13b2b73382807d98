// The options of a station: their table and their meaning. Static data and value types.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "agent/core/driver.h"
#include "drivers/sl651/body.h"

namespace afferent::drivers::sl651 {

enum class Answer : std::uint8_t {
  stay,   // ESC: the station stays online
  leave,  // EOT: it may hang up
  none,   // of a station that expects none (mode M1)
};

struct Settings {
  std::string station;  // ten hex digits; empty: any, for decoding only
  std::optional<std::uint16_t> password;
  Answer answer = Answer::stay;
  Rules rules;
};

std::span<const core::ConfigField> option_fields();

// Error{bad_config} with file, line and key.
core::Result<Settings> settings_from(const core::DriverDevice& device);

}  // namespace afferent::drivers::sl651
