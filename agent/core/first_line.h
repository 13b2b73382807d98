// A secret or a setting that stands in the first line of a file. Pure function of the file.
#pragma once

#include <cstddef>
#include <string>

#include "agent/core/result.h"

namespace afferent::core {

// What a password of MQTT may have at most, in bytes (MQTT 5.0, section 1.5.6).
inline constexpr std::size_t kLongestMqttPassword = 65535;

// Without its line end, LF or CR LF. Error{bad_config} names the file and says why it cannot be read, or that its
// first line is empty or longer than `most` bytes. No more than that is read.
Result<std::string> first_line(const std::string& path, std::size_t most);

}  // namespace afferent::core
