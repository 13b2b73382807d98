// One request to the running agent. Blocks for at most 5 s.
#pragma once

#include <string>

#include "agent/core/command_target.h"
#include "agent/core/result.h"

namespace afferent::cli {

// The reply's JSON. Error{not_found} when no agent listens there; otherwise what the agent refused with.
core::Result<std::string> ask_agent(const std::string& socket, const core::CommandRequest& request);

}  // namespace afferent::cli
