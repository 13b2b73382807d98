// Numbers as bytes, as hexadecimal text and as powers of ten. Pure functions, thread-safe.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>

#include "agent/core/bytes.h"

namespace afferent::drivers {

// Of at most as many bytes as the type has, the lowest first.
template <std::unsigned_integral Number = std::uint32_t>
constexpr Number little_endian(core::ByteView bytes) {
  std::uint64_t number = 0;
  for (std::size_t at = bytes.size(); at-- > 0;) number = number << 8 | bytes[at];
  return static_cast<Number>(number);
}

// Upper case, two digits for each byte of the type, the highest first: 0x0A1B is "0A1B".
template <std::unsigned_integral Number>
std::string hex(Number number) {
  std::array<std::uint8_t, sizeof(Number)> bytes{};
  for (std::size_t at = 0; at < bytes.size(); ++at)
    bytes[bytes.size() - 1 - at] = static_cast<std::uint8_t>(number >> (8 * at));
  return core::to_hex(bytes);
}

constexpr int kLargestExponent = 22;  // powers of ten up to here are exact

// An exponent outside of 0 to 22 counts as the nearest of these.
constexpr double power_of_ten(int exponent) {
  constexpr std::array<double, kLargestExponent + 1> kPowers{1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                             1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                             1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  return kPowers[static_cast<std::size_t>(std::clamp(exponent, 0, kLargestExponent))];
}

}  // namespace afferent::drivers
