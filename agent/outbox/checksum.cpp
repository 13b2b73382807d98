#include "agent/outbox/checksum.h"

#include <array>

namespace afferent::outbox {
namespace {

constexpr std::array<std::uint32_t, 256> kTable = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t rest = byte;
    for (int bit = 0; bit < 8; ++bit) rest = (rest & 1U) != 0 ? rest >> 1 ^ 0xEDB8'8320U : rest >> 1;
    table[byte] = rest;
  }
  return table;
}();

}  // namespace

Checksum& Checksum::add(core::ByteView bytes) {
  std::uint32_t state = state_;
  for (const std::uint8_t byte : bytes) state = kTable[(state ^ byte) & 0xFFU] ^ state >> 8;
  state_ = state;
  return *this;
}

}  // namespace afferent::outbox
