// The 3-out-of-6 code of wireless M-Bus mode T (EN 13757-4, 7.4): each nibble goes as six bits with three ones. Pure.
#pragma once

#include <optional>

#include "agent/core/bytes.h"

namespace afferent::drivers {

// Most significant bit first, filled up with 01 01.. to whole bytes.
core::Bytes to_three_of_six(core::ByteView bytes);

// The first `count` bytes that the coded bits carry; nothing when they end before or hold six bits of no nibble.
std::optional<core::Bytes> from_three_of_six(core::ByteView coded, std::size_t count);

}  // namespace afferent::drivers
