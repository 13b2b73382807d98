// Numbers as whole multiples of a power of ten, without loss: the compact form of a measured value. Pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace afferent::codec {

inline constexpr int kFinestExponent = -9;
inline constexpr int kRealExponent = 99;  // "not a decimal": see TelemetryBatch.exponent
inline constexpr int kTextExponent = 98;

// value * 10^-exponent if that is a whole number that leads back to exactly `value`; exponent from -9 to 9.
bool to_decimal(double value, int exponent, std::int64_t& whole);
double from_decimal(std::int64_t whole, int exponent);

// Finds one exponent for all values, starting at `hint` and going finer; fills `wholes` with as many entries as
// `values` and returns the exponent, or kRealExponent (wholes empty) where no exponent keeps them exact.
int to_decimals(std::span<const double> values, int hint, std::vector<std::int64_t>& wholes);

}  // namespace afferent::codec
