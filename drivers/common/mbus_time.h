// Dates and times as M-Bus writes them. Pure functions, thread-safe. Values are seconds since 1970-01-01 00:00:00 of
// the meter's own time, which is local unless its manual says otherwise. EN 13757-3 annex A.
#pragma once

#include <cstdint>
#include <optional>

#include "agent/core/bytes.h"

namespace afferent::drivers::mbus {

// All give nothing for a wildcard ("every month"), a time that the meter calls invalid, and one that does not exist.
std::optional<std::int64_t> time_g(core::ByteView bytes);  // 2 bytes: date
std::optional<std::int64_t> time_f(core::ByteView bytes);  // 4 bytes: date and minute
std::optional<std::int64_t> time_i(core::ByteView bytes);  // 6 bytes: date and second
// By length: 2, 4 or 6 bytes. Type J (3 bytes) has no date and gives nothing.
std::optional<std::int64_t> time_of(core::ByteView bytes);

core::Bytes bytes_f(std::int64_t local_seconds);
core::Bytes bytes_g(std::int64_t local_seconds);

// The same day and time `months` later, or the last day of a shorter month.
std::int64_t add_months(std::int64_t local_seconds, std::int64_t months);

}  // namespace afferent::drivers::mbus
