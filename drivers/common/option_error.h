// Errors of a device's options, that begin with where the option stands, "file:line: ", unless nothing says where: a
// key that is absent, a node without a source. Pure functions, thread-safe.
#pragma once

#include <string_view>

#include "agent/core/config_tree.h"
#include "agent/core/result.h"

namespace afferent::drivers {

// "file:line: message"
core::Error config_error(const core::ConfigNode& where, std::string_view message);

// "file:line: key: why"
core::Error option_error(const core::ConfigNode& where, std::string_view key, std::string_view why);

// `file:line: key = "value": right`
core::Error value_error(const core::ConfigNode& where, std::string_view key, std::string_view value,
                        std::string_view right);

}  // namespace afferent::drivers
