// Hexadecimal digits and other characters. Pure functions, thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "agent/core/bytes.h"

namespace afferent::drivers::sl651 {

constexpr int digit_of(int c) {  // -1: not hexadecimal
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

constexpr bool is_hex_digit(int c) { return digit_of(c) >= 0; }

inline std::string hex_text(std::size_t number, std::size_t digits) {
  std::string text(digits, '0');
  for (std::size_t i = digits; i-- > 0; number >>= 4) text[i] = "0123456789ABCDEF"[number & 0xFU];
  return text;
}

// A character that is no digit counts as 0.
template <class Characters>
std::size_t number_in_hex(const Characters& digits) {
  std::size_t number = 0;
  for (const auto c : digits) number = number << 4 | static_cast<std::size_t>(is_hex_digit(c) ? digit_of(c) : 0);
  return number;
}

inline std::string upper(std::string text) {
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

}  // namespace afferent::drivers::sl651
