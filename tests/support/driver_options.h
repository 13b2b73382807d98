// Options of a device as tests write them.
#pragma once

#include <span>
#include <string_view>

#include "agent/core/config_tree.h"

namespace afferent::test {

// "months=2,address=78330011223344": each key must stand in `fields`; durations are seconds, a list has one entry.
core::ConfigNode options_from(std::string_view list, std::span<const core::ConfigField> fields);

}  // namespace afferent::test
