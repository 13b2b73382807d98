// Reads time zones from the system. Thread-safe; blocks, so it is called before the loop runs.
#pragma once

#include <string>

#include "agent/core/result.h"
#include "agent/core/zone.h"

namespace afferent::io {

// `name` is an IANA name such as "Asia/Shanghai". Error{bad_config} when the system has no such zone or its file is
// damaged; "UTC" always succeeds.
core::Result<core::Zone> read_zone(const std::string& name);

}  // namespace afferent::io
