#include "drivers/wmbus/link.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "drivers/common/wmbus_crc.h"
#include "tests/drivers/wmbus/rig.h"

namespace afferent::test::wmbus {
namespace {

namespace wm = drivers::wmbus;

core::Bytes frame_of(std::size_t size) {
  core::Bytes frame(size, 0x5A);
  frame[0] = static_cast<std::uint8_t>(size - 1);
  for (std::size_t at = 1; at < size; ++at) frame[at] = static_cast<std::uint8_t>(at * 7);
  return frame;
}

// Format B: a checksum behind the first 126 bytes, and one behind the rest.
core::Bytes with_crcs_b(core::ByteView frame) {
  constexpr std::size_t kFirst = 126;
  core::Bytes data(frame.begin(), frame.end());
  data[0] = static_cast<std::uint8_t>(data.size() - 1 + (data.size() > kFirst ? 4 : 2));
  core::Bytes out;
  for (core::ByteView rest = data; !rest.empty();) {
    const core::ByteView block = rest.first(std::min(rest.size(), kFirst));
    out.insert(out.end(), block.begin(), block.end());
    const std::uint16_t crc = drivers::crc16_en13757(block);
    out.push_back(static_cast<std::uint8_t>(crc >> 8));
    out.push_back(static_cast<std::uint8_t>(crc & 0xFF));
    rest = rest.subspan(block.size());
  }
  return out;
}

TEST_CASE("checksums of both formats go on and come off at every length") {
  core::Bytes stripped;
  std::string why;
  for (std::size_t size = wm::kShortestFrame; size <= 256; ++size) {
    CAPTURE(size);
    const core::Bytes frame = frame_of(size);
    const core::Bytes a = wm::with_crcs_a(frame);
    CHECK(a.size() == wm::size_of_a(frame[0]));
    CHECK(wm::begins_a(a));
    REQUIRE_MESSAGE(wm::strip_a(a, stripped, why), why);
    CHECK(stripped == frame);
    if (size > 252) continue;  // L of format B counts its checksums
    const core::Bytes b = with_crcs_b(frame);
    CHECK(b.size() == b[0] + std::size_t{1});
    REQUIRE_MESSAGE(wm::strip_b(b, stripped, why), why);
    CHECK(stripped == frame);
  }
}

TEST_CASE("the checksum of the last block is known where the others were taken away") {
  for (std::size_t size = 11; size <= 60; ++size) {
    CAPTURE(size);
    core::Bytes frame(size);
    for (std::size_t i = 0; i < size; ++i) frame[i] = static_cast<std::uint8_t>(7 * i + size);
    const core::Bytes whole = wm::with_crcs_a(frame);
    CHECK_FALSE(wm::ends_with_crc_a(frame));
    frame.insert(frame.end(), whole.end() - 2, whole.end());
    CHECK(wm::ends_with_crc_a(frame));
    frame[size - 1] ^= 1;
    CHECK_FALSE(wm::ends_with_crc_a(frame));
  }
  CHECK_FALSE(wm::ends_with_crc_a(core::Bytes(12)));
}

TEST_CASE("the published frame of format B in three blocks is right") {
  std::string hex = "8644AE0C7856341201078C2027780B134365877AC5";
  hex += std::string(2 * (126 - 21), '1') + "E6781234567890F4EE";
  core::Bytes stripped;
  std::string why;
  CHECK_MESSAGE(wm::strip_b(bytes_of(hex), stripped, why), why);
  CHECK(stripped.size() == 131);
  CHECK(stripped[0] == 130);
}

TEST_CASE("the message names the block whose checksum is wrong") {
  core::Bytes frame = wm::with_crcs_a(frame_of(60));
  core::Bytes stripped;
  std::string why;
  frame[12 + 18 + 3] ^= 0x40;
  CHECK_FALSE(wm::strip_a(frame, stripped, why));
  CHECK(why.starts_with("CRC of block 3 is "));
}

TEST_CASE("who sends stands in the link layer, maker first") {
  const core::Bytes frame = bytes_of("1E44AE4C9956341268077A360010002F2F0413181E0000023B00002F2F2F2F");
  const auto link = wm::link_of(frame);
  CHECK(link.control == 0x44);
  CHECK(drivers::mbus::maker_text(link.sender.maker) == "SEN");
  CHECK(link.sender.id == 0x12345699);
  CHECK(link.sender.version == 0x68);
  CHECK(link.sender.medium == 0x07);
  CHECK(core::to_hex(wm::link_bytes(link.sender)) == "AE4C995634126807");
  CHECK(link.rest[0] == 0x7A);
}

}  // namespace
}  // namespace afferent::test::wmbus
