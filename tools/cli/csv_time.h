// Times as recorded data have them. Pure functions.
#pragma once

#include <optional>
#include <string_view>

namespace afferent::cli {

// Seconds since 1970-01-01T00:00:00Z of one of:
// - a date and time, "2026-07-01 14:30:00", "2026/7/1 14:30" or "2026.07.01", with 'T', fractions, 'Z' or an offset;
// - the same in digits only, "20260701", "202607011430" or "20260701143000";
// - seconds since 1970, 1782916200, with a fraction, or as milli-, micro- or nanoseconds by the number of digits.
// Without an offset it is UTC, without a time of day midnight. Nothing for anything else, and for years before 1900,
// which stand for no time.
std::optional<double> time_of(std::string_view text);

}  // namespace afferent::cli
