// The default of a field as a checked value. Pure function.
#pragma once

#include <string>

#include "agent/core/config_tree.h"

namespace afferent::config {

// `standard` as it would be written in a file: 10, true, 5 s or "5 s", pc or "pc", ["a", "b"]. An empty node where
// there is no default, or where the field table's own text cannot be read. The source is `file` without a line.
core::ConfigNode default_of(const core::ConfigField& field, const std::string& file);

}  // namespace afferent::config
