#include "drivers/common/crc.h"

#include <array>

namespace afferent::drivers {
namespace {

// Two tables: the second advances a byte by a further zero byte, so that two bytes cost one step.
struct Tables {
  std::array<std::uint16_t, 256> one{};
  std::array<std::uint16_t, 256> two{};
};

constexpr Tables make_tables() {
  Tables tables;
  for (unsigned byte = 0; byte < 256; ++byte) {
    unsigned crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1u) != 0 ? (crc >> 1) ^ 0xA001u : crc >> 1;
    tables.one[byte] = static_cast<std::uint16_t>(crc);
  }
  for (unsigned byte = 0; byte < 256; ++byte) {
    const unsigned crc = tables.one[byte];
    tables.two[byte] = static_cast<std::uint16_t>((crc >> 8) ^ tables.one[crc & 0xFFu]);
  }
  return tables;
}

constexpr Tables kTables = make_tables();

}  // namespace

std::uint16_t crc16_a001(core::ByteView bytes, std::uint16_t start) {
  unsigned crc = start;
  std::size_t at = 0;
  for (; at + 2 <= bytes.size(); at += 2) {
    crc ^= static_cast<unsigned>(bytes[at]) | static_cast<unsigned>(bytes[at + 1]) << 8;
    crc = kTables.two[crc & 0xFFu] ^ kTables.one[crc >> 8];
  }
  if (at < bytes.size()) crc = (crc >> 8) ^ kTables.one[(crc ^ bytes[at]) & 0xFFu];
  return static_cast<std::uint16_t>(crc);
}

}  // namespace afferent::drivers
