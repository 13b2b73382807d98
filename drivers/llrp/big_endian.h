// Numbers as LLRP sends them, most significant byte first. Pure functions.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

#include "agent/core/bytes.h"

namespace afferent::drivers::llrp {

// `bytes` holds at least sizeof(T).
template <std::unsigned_integral T>
inline T big_endian(const std::uint8_t* bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) value = value << 8 | bytes[i];
  return static_cast<T>(value);
}

template <std::unsigned_integral T>
inline T big_endian(core::ByteView bytes, std::size_t at = 0) {
  return big_endian<T>(bytes.data() + at);
}

template <std::unsigned_integral T>
inline void append_big_endian(core::Bytes& bytes, T value) {
  for (std::size_t i = sizeof(T); i-- > 0;) bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

}  // namespace afferent::drivers::llrp
