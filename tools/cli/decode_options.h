// The driver options of `afferent decode`, KEY=VALUE as a person types them. Pure functions.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "agent/config/problem.h"
#include "agent/core/config_tree.h"

namespace afferent::cli {

// The type that `fields` declare says how a value is read: a text needs no quotes though it is all digits, a list no
// brackets. What a polled device must have is optional here, for a frame from anywhere. `checked` receives what was
// right, with defaults filled in.
config::Problems read_options(std::span<const core::ConfigField> fields, const std::vector<std::string>& options,
                              core::ConfigNode& checked);

}  // namespace afferent::cli
