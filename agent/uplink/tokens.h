// The token of a message in flight says by itself what it belongs to, so that an acknowledgement needs no table.
// Value types.
#pragma once

#include <cstddef>
#include <cstdint>

namespace afferent::uplink {

inline constexpr std::size_t kSlotStream = 0xFFFF;  // stands for the slots, which are in no stream
inline constexpr std::uint64_t kLowBits = (std::uint64_t{1} << 40) - 1;

struct Token {
  std::uint8_t connection = 0;  // counts connections: an answer from an earlier one is recognised
  std::size_t stream = 0;       // < 65536
  std::uint64_t low = 0;        // the sequence, or the slot's index and version, modulo 2^40

  std::uint64_t packed() const {
    return std::uint64_t{connection} << 56 | std::uint64_t{stream & 0xFFFF} << 40 | (low & kLowBits);
  }
  static Token unpack(std::uint64_t packed) {
    return {static_cast<std::uint8_t>(packed >> 56), static_cast<std::size_t>(packed >> 40 & 0xFFFF),
            packed & kLowBits};
  }
};

// Size of a PUBLISH at QoS 1 without properties, at most (MQTT 5.0 section 3.3).
inline std::size_t packet_size(std::size_t topic, std::size_t payload) { return 1 + 4 + 2 + topic + 2 + 1 + payload; }

}  // namespace afferent::uplink
