// Durations, sizes and serial framings as people write them. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/core/port.h"

namespace afferent::config {

// "250 ms", "5 s", "10 min", "12 h", "1 d", the blank being optional. Seconds; nothing for any other text.
std::optional<double> parse_duration(std::string_view text);

// "64 kB", "256 MB", "2 GB" (powers of 1024), or a number of bytes. Nothing for any other text.
std::optional<std::uint64_t> parse_size(std::string_view text);

// "8E1": data bits 5 to 8, parity N, E or O, stop bits 1 or 2. The baud rate of the result is the default one.
std::optional<core::LineSettings> parse_framing(std::string_view text);

std::string duration_text(double seconds);   // in the largest unit that leaves a whole number
std::string size_text(std::uint64_t bytes);  // likewise
std::string number_text(double number);      // the shortest form that reads back the same

}  // namespace afferent::config
