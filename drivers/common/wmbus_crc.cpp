#include "drivers/common/wmbus_crc.h"

#include <array>

namespace afferent::drivers {
namespace {

constexpr std::array<std::uint16_t, 256> make_table() {
  std::array<std::uint16_t, 256> table{};
  for (unsigned byte = 0; byte < 256; ++byte) {
    unsigned crc = byte << 8;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 0x8000u) != 0 ? (crc << 1) ^ 0x3D65u : crc << 1;
    table[byte] = static_cast<std::uint16_t>(crc);
  }
  return table;
}

constexpr auto kTable = make_table();

}  // namespace

std::uint16_t crc16_en13757(core::ByteView bytes) {
  unsigned crc = 0;
  for (const std::uint8_t byte : bytes) crc = (crc << 8) ^ kTable[((crc >> 8) ^ byte) & 0xFFu];
  return static_cast<std::uint16_t>(~crc);
}

}  // namespace afferent::drivers
