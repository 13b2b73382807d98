// Packed decimal digits, least significant byte first, as CJ/T 188 sends all its numbers. Pure functions, thread-safe.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "agent/core/bytes.h"
#include "drivers/common/numbers.h"

namespace afferent::drivers::cjt188 {

// `mantissa` * 10^`exponent` / `divisor` as the nearest double: numerator and denominator are exact, so it rounds once.
constexpr double decimal(double mantissa, int exponent, double divisor = 1.0) {
  return exponent < 0 ? mantissa / (divisor * power_of_ten(-exponent)) : mantissa * power_of_ten(exponent) / divisor;
}

// Two digits; nothing when a nibble is no digit.
constexpr std::optional<std::uint32_t> digits_of(std::uint8_t byte) {
  const std::uint32_t high = byte >> 4U;
  const std::uint32_t low = byte & 0x0FU;
  if (high > 9 || low > 9) return std::nullopt;
  return high * 10 + low;
}

// At most nine digits of `bytes`; nothing when a nibble is no digit.
inline std::optional<std::uint32_t> number_of(core::ByteView bytes) {
  std::uint32_t number = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) {
    const auto pair = digits_of(bytes[i]);
    if (!pair) return std::nullopt;
    number = number * 100 + *pair;
  }
  return number;
}

// Meters fill fields that they do not have with FF or 99.
inline bool is_absent(core::ByteView bytes) {
  const auto all = [bytes](std::uint8_t filler) {
    return std::all_of(bytes.begin(), bytes.end(), [filler](std::uint8_t byte) { return byte == filler; });
  };
  return all(0xFF) || all(0x99);
}

// `count` bytes of the lowest digits of `number`.
inline void append_number(core::Bytes& bytes, std::uint64_t number, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i, number /= 100) {
    const auto pair = static_cast<std::uint8_t>(number % 100);
    bytes.push_back(static_cast<std::uint8_t>((pair / 10) << 4 | pair % 10));
  }
}

}  // namespace afferent::drivers::cjt188
