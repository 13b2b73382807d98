// Whether a value lies beyond a limit: the one place that says how near is as good as equal. Pure; any thread.
//
// Decimal fractions are kept as binary ones, so that ten times 0.1 is not 1, and many devices keep 32-bit floats, to
// which 0.3 is 0.30000001. What differs by no more than that does not differ.
#pragma once

#include <algorithm>
#include <cmath>

namespace afferent::rules {

// Shares of the larger magnitude.
inline constexpr double kExact = 1e-9;   // of a value as it was read
inline constexpr double kStored = 1e-6;  // of what was summed up, or is the difference of two readings

// `value` less `limit`: above zero when it is beyond, and exactly zero when it is as good as equal.
inline double excess(double value, double limit, double share = kExact) {
  const double difference = value - limit;
  const double larger = std::max(std::abs(value), std::abs(limit));
  if (!std::isfinite(larger) || std::abs(difference) > kStored * larger) return difference;
  if (std::abs(difference) <= share * larger) return 0.0;
  constexpr double kLargestFloat = 3e38;
  if (larger > kLargestFloat) return difference;
  const auto as_float = [](double number) { return static_cast<double>(static_cast<float>(number)); };
  return as_float(value) == value && as_float(limit) == value ? 0.0 : difference;  // the limit, as a device keeps it
}

// How much farther than `by` two readings lie apart; zero when that is as good as equal. The difference of two numbers
// has the error of the numbers, not its own: 1.1 - 1.0 is more than 0.1.
inline double apart(double a, double b, double by) {
  constexpr double kFloats = 1.2e-7;  // of the larger magnitude: that of two 32-bit floats
  const double over = std::abs(a - b) - by;
  return std::abs(over) <= kFloats * std::max(std::abs(a), std::abs(b)) ? 0.0 : over;
}

}  // namespace afferent::rules
