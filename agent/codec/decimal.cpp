#include "agent/codec/decimal.h"

#include <array>
#include <cmath>

namespace afferent::codec {
namespace {

constexpr std::array kPowers{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
constexpr double kLargest = 9007199254740992.0;  // 2^53: every whole number up to here is a double

}  // namespace

double from_decimal(std::int64_t whole, int exponent) {
  const double number = static_cast<double>(whole);
  // Division, not multiplication by 0.1: the quotient is the double nearest to the decimal.
  return exponent < 0 ? number / kPowers[static_cast<std::size_t>(-exponent)]
                      : number * kPowers[static_cast<std::size_t>(exponent)];
}

bool to_decimal(double value, int exponent, std::int64_t& whole) {
  const double scaled = exponent < 0 ? value * kPowers[static_cast<std::size_t>(-exponent)]
                                     : value / kPowers[static_cast<std::size_t>(exponent)];
  if (!(std::fabs(scaled) <= kLargest)) return false;
  const double rounded = std::nearbyint(scaled);
  whole = static_cast<std::int64_t>(rounded);
  // -0.0 has no decimal of its own.
  return from_decimal(whole, exponent) == value && !(whole == 0 && std::signbit(value));
}

int to_decimals(std::span<const double> values, int hint, std::vector<std::int64_t>& wholes) {
  for (int exponent = hint; exponent >= kFinestExponent; --exponent) {
    wholes.resize(values.size());
    std::size_t done = 0;
    while (done < values.size() && to_decimal(values[done], exponent, wholes[done])) ++done;
    if (done == values.size()) return exponent;
  }
  wholes.clear();
  return kRealExponent;
}

}  // namespace afferent::codec
