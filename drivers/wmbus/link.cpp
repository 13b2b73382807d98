#include "drivers/wmbus/link.h"

#include <algorithm>

#include "drivers/common/numbers.h"
#include "drivers/common/wmbus_crc.h"

namespace afferent::drivers::wmbus {
namespace {

constexpr std::size_t kFirstBlock = 10;
constexpr std::size_t kBlock = 16;
constexpr std::size_t kCrc = 2;
constexpr std::size_t kFirstBlocksB = 126;  // bytes of blocks 1 and 2 of format B

// To the meter and from it (EN 13757-4, table 26), with all values of the bits that may change. Acknowledgements carry
// nothing, and 00 is too common.
constexpr std::array<std::uint8_t, 18> kControls{0x08, 0x18, 0x28, 0x38, 0x40, 0x43, 0x44, 0x46, 0x47,
                                                 0x48, 0x53, 0x5A, 0x5B, 0x63, 0x6B, 0x73, 0x7A, 0x7B};

std::string wrong_crc(std::string_view what, std::uint16_t is, std::uint16_t should_be) {
  return std::string(what) + " is " + hex(is) + ", should be " + hex(should_be);
}

std::uint16_t big_endian(core::ByteView bytes) { return static_cast<std::uint16_t>(bytes[0] << 8 | bytes[1]); }

void append_crc(core::Bytes& bytes, core::ByteView block) {
  const std::uint16_t crc = crc16_en13757(block);
  bytes.push_back(static_cast<std::uint8_t>(crc >> 8));
  bytes.push_back(static_cast<std::uint8_t>(crc & 0xFFu));
}

// One block and its checksum; false when that is wrong.
bool take_block(core::ByteView bytes, std::size_t size, int number, core::Bytes& out, std::string& why) {
  const core::ByteView block = bytes.first(size);
  const std::uint16_t is = big_endian(bytes.subspan(size));
  const std::uint16_t should_be = crc16_en13757(block);
  if (is != should_be) {
    why = wrong_crc("CRC of block " + std::to_string(number), is, should_be);
    return false;
  }
  out.insert(out.end(), block.begin(), block.end());
  return true;
}

}  // namespace

std::size_t size_of_a(std::uint8_t length) {
  const std::size_t data = static_cast<std::size_t>(length) + 1;
  const std::size_t rest = data > kFirstBlock ? data - kFirstBlock : 0;
  return data + kCrc * (1 + (rest + kBlock - 1) / kBlock);
}

bool begins_a(core::ByteView bytes) {
  return crc16_en13757(bytes.first(kFirstBlock)) == big_endian(bytes.subspan(kFirstBlock));
}

bool ends_with_crc_a(core::ByteView frame) {
  if (frame.size() <= kFirstBlock + kCrc) return false;
  const std::size_t data = frame.size() - kCrc;
  const std::size_t start = kFirstBlock + (data - kFirstBlock - 1) / kBlock * kBlock;
  return crc16_en13757(frame.subspan(start, data - start)) == big_endian(frame.subspan(data));
}

bool strip_a(core::ByteView frame, core::Bytes& out, std::string& why) {
  out.clear();
  int number = 1;
  for (std::size_t size = kFirstBlock; frame.size() > kCrc; size = kBlock, ++number) {
    size = std::min(size, frame.size() - kCrc);
    if (!take_block(frame, size, number, out, why)) return false;
    frame = frame.subspan(size + kCrc);
  }
  return true;
}

bool strip_b(core::ByteView frame, core::Bytes& out, std::string& why) {
  out.clear();
  const bool two = frame.size() > kFirstBlocksB + kCrc;
  const std::size_t first = two ? kFirstBlocksB : frame.size() - kCrc;
  if (two && frame.size() < kFirstBlocksB + 2 * kCrc + 1) {
    why = "format B: the last block is empty";
    return false;
  }
  if (!take_block(frame, first, 2, out, why)) return false;
  if (two && !take_block(frame.subspan(first + kCrc), frame.size() - first - 2 * kCrc, 3, out, why)) return false;
  out[0] = static_cast<std::uint8_t>(out.size() - 1);
  return true;
}

bool plausible(std::uint8_t control, std::uint8_t ci) {
  const bool known = std::find(kControls.begin(), kControls.end(), control) != kControls.end();
  return known && ((ci >= 0x50 && ci <= 0x91) || (ci >= 0xA0 && ci <= 0xC7));
}

core::Bytes with_crcs_a(core::ByteView frame) {
  core::Bytes out;
  for (std::size_t size = kFirstBlock; !frame.empty(); size = kBlock) {
    const core::ByteView block = frame.first(std::min(size, frame.size()));
    out.insert(out.end(), block.begin(), block.end());
    append_crc(out, block);
    frame = frame.subspan(block.size());
  }
  return out;
}

mbus::Identity link_identity(core::ByteView bytes) {
  mbus::Identity identity;
  identity.maker = static_cast<std::uint16_t>(bytes[0] | bytes[1] << 8);
  for (std::size_t at = 4; at-- > 0;) identity.id = identity.id << 8 | bytes[2 + at];
  identity.version = bytes[6];
  identity.medium = bytes[7];
  return identity;
}

std::array<std::uint8_t, 8> link_bytes(const mbus::Identity& identity) {
  const auto byte = [](std::uint32_t value, unsigned shift) { return static_cast<std::uint8_t>(value >> shift); };
  return {byte(identity.maker, 0), byte(identity.maker, 8), byte(identity.id, 0), byte(identity.id, 8),
          byte(identity.id, 16),   byte(identity.id, 24),   identity.version,     identity.medium};
}

Link link_of(core::ByteView frame) { return {frame[1], link_identity(frame.subspan(2)), frame.subspan(10)}; }

}  // namespace afferent::drivers::wmbus
