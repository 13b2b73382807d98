#include "drivers/modbus/decimal.h"

#include <algorithm>
#include <cmath>

#include "drivers/common/numbers.h"

namespace afferent::drivers::modbus {
namespace {

constexpr double kLargest = 9007199254740992.0;  // 2^53: every whole number up to here is a double
constexpr int kMostDecimals = 15;

}  // namespace

Fraction fraction_of(double number) {
  for (int decimals = 0; decimals <= kMostDecimals; ++decimals) {
    const double power = power_of_ten(decimals);
    const double whole = std::nearbyint(number * power);
    if (std::fabs(whole) > kLargest) break;
    if (whole / power == number) return {whole, power, decimals};
  }
  return {number, 1.0, -1};
}

Linear linear_of(const Fraction& scale, double offset) {
  const Fraction shift = fraction_of(offset);
  // One common denominator makes the sum exact too: (raw * 1 - 400) / 10, not raw / 10 - 40.
  const double divisor = std::max(scale.denominator, shift.denominator);
  return {scale.numerator * (divisor / scale.denominator), shift.numerator * (divisor / shift.denominator), divisor};
}

int exponent_of(const Fraction& scale, double offset) {
  const Fraction shift = fraction_of(offset);
  if (scale.decimals < 0 || shift.decimals < 0) return -9;
  const Linear grid = linear_of(scale, offset);
  int exponent = -std::max(scale.decimals, shift.decimals);
  double factor = grid.factor;
  double addend = grid.addend;
  while (exponent < 9 && factor != 0 && std::fmod(factor, 10.0) == 0 && std::fmod(addend, 10.0) == 0) {
    factor /= 10.0;
    addend /= 10.0;
    ++exponent;
  }
  return std::max(exponent, -9);
}

double round_to(double value, int decimals) {
  const double power = power_of_ten(decimals);
  const double scaled = value * power;
  return std::fabs(scaled) < kLargest ? std::nearbyint(scaled) / power : value;
}

}  // namespace afferent::drivers::modbus
