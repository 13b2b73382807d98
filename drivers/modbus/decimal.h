// Decimal scales without rounding errors: 0.1 is kept as 1/10, so that 16 * 0.01 is the double nearest to 0.16.
// Pure functions.
#pragma once

namespace afferent::drivers::modbus {

struct Fraction {
  double numerator = 1.0;
  double denominator = 1.0;  // a power of ten
  int decimals = 0;          // of the denominator; -1 where the number is no decimal of at most 15 places
};

// The decimal that a person wrote, e.g. 0.001 -> 1/1000. A number that is no short decimal is kept as it is over 1.
Fraction fraction_of(double number);

inline Fraction operator*(const Fraction& a, const Fraction& b) {
  return {a.numerator * b.numerator, a.denominator * b.denominator,
          a.decimals < 0 || b.decimals < 0 ? -1 : a.decimals + b.decimals};
}

// raw -> (raw * factor + addend) / divisor
struct Linear {
  double factor = 1.0;
  double addend = 0.0;
  double divisor = 1.0;
  double apply(double raw) const { return (raw * factor + addend) / divisor; }
  double invert(double value) const { return (value * divisor - addend) / factor; }
};

Linear linear_of(const Fraction& scale, double offset);

// 10^exponent of the coarsest grid on which all values of a whole number times scale plus offset lie, from -9 to 9.
int exponent_of(const Fraction& scale, double offset);

double round_to(double value, int decimals);

}  // namespace afferent::drivers::modbus
