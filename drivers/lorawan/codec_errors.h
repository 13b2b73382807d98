// What a codec's result says went wrong. Pure functions.
#pragma once

#include <optional>
#include <string>

#include "drivers/common/json_reader.h"

namespace afferent::drivers::lorawan {

// Of a result's `errors`: a list of texts or of objects with a `message`, or one of these by itself. Nothing when it
// says that there are none. At most 300 bytes.
std::optional<std::string> errors_in(const Json& result);
std::optional<std::string> warnings_in(const Json& result);  // of its `warnings`, likewise

}  // namespace afferent::drivers::lorawan
