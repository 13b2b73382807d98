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

void Checksum::take(std::uint8_t byte) { state_ = kTable[(state_ ^ byte) & 0xFFU] ^ state_ >> 8; }

Checksum& Checksum::add(core::ByteView bytes) {
  for (const std::uint8_t byte : bytes) take(byte);
  return *this;
}

Checksum& Checksum::add(std::string_view text) {
  for (const char c : text) take(static_cast<std::uint8_t>(c));
  return *this;
}

}  // namespace afferent::outbox
