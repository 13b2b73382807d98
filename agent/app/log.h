// The agent's log on stderr, where systemd's journal takes it up. Thread-safe.
#pragma once

#include <memory>

#include "agent/core/log.h"
#include "agent/core/result.h"

namespace afferent::app {

// `level`: debug, info, warning or error; Error{bad_config} for anything else.
core::Result<std::unique_ptr<core::Log>> make_log(std::string_view level);

}  // namespace afferent::app
