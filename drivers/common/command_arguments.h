// What an operator wrote behind the verb of a command, "name=value", and what is said where a value is wrong. Pure
// functions, thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/core/driver.h"

namespace afferent::drivers {

// Empty where it was not given.
std::string argument(const core::DeviceCommand& command, const std::string& name);

// "name=value: right"
core::Error argument_error(std::string_view name, std::string_view value, std::string_view right);

// A local time YYYY-MM-DDThh:mm:ss as seconds since 1970 of the same zone; nothing for any other text, for a time that
// no calendar has and for a year outside of the two.
std::optional<std::int64_t> local_seconds(const std::string& text, int first_year, int last_year);

}  // namespace afferent::drivers
