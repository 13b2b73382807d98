// A clock that tests steer through a file; see make_clock() for what stands in it. Thread-safe.
#pragma once

#include <memory>
#include <string>

#include "agent/core/clock.h"
#include "agent/core/result.h"

namespace afferent::io {

// Error{bad_config} for a line that cannot be read, and always in a build without AFFERENT_FAULTS.
core::Result<std::unique_ptr<core::Clock>> make_fault_clock(const std::string& path);

}  // namespace afferent::io
