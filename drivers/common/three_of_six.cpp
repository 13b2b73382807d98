#include "drivers/common/three_of_six.h"

#include <array>

namespace afferent::drivers {
namespace {

constexpr std::array<std::uint8_t, 16> kCodes{0x16, 0x0D, 0x0E, 0x0B, 0x1C, 0x19, 0x1A, 0x13,
                                              0x2C, 0x25, 0x26, 0x23, 0x34, 0x31, 0x32, 0x29};
constexpr std::uint8_t kNoNibble = 0xFF;

constexpr std::array<std::uint8_t, 64> make_nibbles() {
  std::array<std::uint8_t, 64> nibbles{};
  for (auto& nibble : nibbles) nibble = kNoNibble;
  for (std::size_t nibble = 0; nibble < kCodes.size(); ++nibble) {
    nibbles[kCodes[nibble]] = static_cast<std::uint8_t>(nibble);
  }
  return nibbles;
}

constexpr auto kNibbles = make_nibbles();

}  // namespace

core::Bytes to_three_of_six(core::ByteView bytes) {
  core::Bytes coded;
  coded.reserve(bytes.size() * 3 / 2 + 1);
  unsigned bits = 0;
  unsigned count = 0;
  const auto put = [&](unsigned value, unsigned width) {
    bits = bits << width | value;
    count += width;
    for (; count >= 8; count -= 8) coded.push_back(static_cast<std::uint8_t>(bits >> (count - 8)));
  };
  for (const std::uint8_t byte : bytes) {
    put(kCodes[byte >> 4], 6);
    put(kCodes[byte & 0xFu], 6);
  }
  if (count > 0) put(0x15u >> (count - 2), 8 - count);
  return coded;
}

std::optional<core::Bytes> from_three_of_six(core::ByteView coded, std::size_t count) {
  if (coded.size() * 8 < count * 12) return std::nullopt;
  core::Bytes bytes;
  bytes.reserve(count);
  std::size_t bit = 0;
  const auto take = [&] {
    unsigned code = 0;
    for (int i = 0; i < 6; ++i, ++bit) code = code << 1 | ((coded[bit / 8] >> (7 - bit % 8)) & 1u);
    return kNibbles[code];
  };
  while (bytes.size() < count) {
    const std::uint8_t high = take();
    const std::uint8_t low = take();
    if (high == kNoNibble || low == kNoNibble) return std::nullopt;
    bytes.push_back(static_cast<std::uint8_t>(high << 4 | low));
  }
  return bytes;
}

}  // namespace afferent::drivers
