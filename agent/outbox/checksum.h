// CRC-32 as in IEEE 802.3 (polynomial 0xEDB88320, reflected): tells whether a row is still what was committed. SQLite
// itself would not notice a flipped bit inside a value. Value type.
#pragma once

#include <concepts>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "agent/core/bytes.h"

namespace afferent::outbox {

class Checksum {
 public:
  template <std::integral T>
  Checksum& add(T value) {  // 8 bytes, least significant first, whatever the type
    auto bits = static_cast<std::uint64_t>(value);
    for (int i = 0; i < 8; ++i, bits >>= 8) take(static_cast<std::uint8_t>(bits));
    return *this;
  }
  Checksum& add(core::ByteView bytes);
  Checksum& add(std::string_view text);

  std::int64_t value() const { return std::int64_t{static_cast<std::uint32_t>(~state_)}; }

 private:
  void take(std::uint8_t byte);

  std::uint32_t state_ = 0xFFFF'FFFF;
};

}  // namespace afferent::outbox
