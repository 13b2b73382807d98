// The meter's clock: seven packed decimal bytes SS mm hh DD MM YY CC, which a few makers send the other way round.
// Pure functions, thread-safe. Values are seconds since 1970-01-01 00:00:00 of the meter's local time.
#pragma once

#include <cstdint>
#include <optional>

#include "agent/core/bytes.h"
#include "drivers/cjt188/options.h"

namespace afferent::drivers::cjt188 {

// Nothing for an absent clock and for one that shows no real time.
std::optional<std::int64_t> clock_from(core::ByteView bytes, ClockOrder order);
core::Bytes clock_bytes(std::int64_t local_seconds, ClockOrder order);

}  // namespace afferent::drivers::cjt188
