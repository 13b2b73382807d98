// Times as recorded data have them. Value types.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "agent/core/zone.h"

namespace afferent::cli {

// Seconds since 1970-01-01T00:00:00Z of one of:
// - a date and time, "2026-07-01 14:30:00", "2026/7/1 14:30" or "2026.07.01", with 'T', fractions, 'Z' or an offset;
// - the same in digits only, "20260701", "202607011430" or "20260701143000";
// - seconds since 1970, 1782916200, with a fraction, or as milli-, micro- or nanoseconds by the number of digits.
// Without an offset it is of `zone`, by default UTC, without a time of day midnight. Nothing for anything else, and for
// years before 1900, which stand for no time.
std::optional<double> time_of(std::string_view text, const core::Zone& zone = {});

// What a zone makes of a time without offset: one moment; two, as the clocks are set back; or none, as they are set
// forward: then it is the moment that would be it if they were not.
enum class Clocks : std::uint8_t { once, twice, never };

// The times of one file, row by row. Of two moments that a time may be it is the first that is later than the row
// before, so that a night in which the clocks are set back stays in order.
class FileTimes {
 public:
  explicit FileTimes(const core::Zone& zone) : zone_(zone) {}  // which outlives it

  struct Time {
    double at = 0.0;  // s since 1970-01-01
    Clocks clocks = Clocks::once;
  };
  std::optional<Time> read(std::string_view text);

 private:
  const core::Zone& zone_;
  std::optional<double> last_;
};

}  // namespace afferent::cli
