// Bytes that wait for their rest. Pure functions.
#pragma once

#include <cstddef>

#include "agent/core/bytes.h"
#include "drivers/modbus/frame.h"

namespace afferent::drivers::modbus {

inline constexpr std::size_t kMostKept = 2 * kLargestFrame;

inline void drop_front(core::Bytes& buffer, std::size_t count) {
  buffer.erase(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(count));
}

// The last kMostKept bytes of both.
inline void keep(core::Bytes& buffer, core::ByteView bytes) {
  if (bytes.size() >= kMostKept) {
    buffer.clear();
    bytes = bytes.last(kMostKept);
  } else if (buffer.size() + bytes.size() > kMostKept) {
    drop_front(buffer, buffer.size() + bytes.size() - kMostKept);
  }
  buffer.insert(buffer.end(), bytes.begin(), bytes.end());
}

}  // namespace afferent::drivers::modbus
