// The checks of what a file exports, without the loading. Pure functions.
#pragma once

#include "agent/core/result.h"
#include "agent/plugin/plugin.h"

namespace afferent::plugin {

// Error{bad_config} when this program cannot work with it. Reads data only.
core::Result<void> check_handshake(const AfferentPlugin& plugin);

// Error{bad_config} for a spec that no agent can use.
core::Result<void> check_spec(const core::DriverSpec& spec);

}  // namespace afferent::plugin
