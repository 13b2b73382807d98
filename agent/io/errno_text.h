// What the system said, as text for an operator. Thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "agent/core/result.h"

namespace afferent::io {

std::string errno_text(int code);  // "no such file or directory"

// `code` as an Error that says what was tried: "listen on 127.0.0.1:502: permission denied".
core::Error system_error(core::ErrorCode kind, std::string_view what, int code);

}  // namespace afferent::io
