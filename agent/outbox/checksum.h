// CRC-32 as in IEEE 802.3 (polynomial 0xEDB88320, reflected): tells whether a row is still what was committed. SQLite
// itself would not notice a flipped bit inside a value. Value type.
#pragma once

#include <array>
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
    std::array<std::uint8_t, 8> bytes{};
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(bits), bits >>= 8;
    return add(core::ByteView(bytes));
  }
  Checksum& add(core::ByteView bytes);
  Checksum& add(std::string_view text) { return add(core::as_bytes(text)); }

  std::int64_t value() const { return std::int64_t{static_cast<std::uint32_t>(~state_)}; }

 private:
  std::uint32_t state_ = 0xFFFF'FFFF;
};

}  // namespace afferent::outbox
