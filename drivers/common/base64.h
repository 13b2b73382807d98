// Base64 (RFC 4648, section 4). Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agent/core/bytes.h"

namespace afferent::drivers {

std::string to_base64(core::ByteView bytes);

// Padding may be missing; '-' and '_' are taken too. Nothing for any other character or a length that cannot be.
std::optional<core::Bytes> from_base64(std::string_view text);

}  // namespace afferent::drivers
