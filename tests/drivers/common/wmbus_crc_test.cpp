#include "drivers/common/wmbus_crc.h"

#include <doctest/doctest.h>

#include "drivers/common/three_of_six.h"

namespace afferent::test {
namespace {

TEST_CASE("the checksum of wireless M-Bus has the published check value") {
  CHECK(drivers::crc16_en13757(core::as_bytes("123456789")) == 0xC2B7);
  CHECK(drivers::crc16_en13757({}) == 0xFFFF);
}

TEST_CASE("the 3-out-of-6 code comes back as it went, and has three ones in six bits") {
  core::Bytes all;
  for (int byte = 0; byte < 256; ++byte) all.push_back(static_cast<std::uint8_t>(byte));
  const core::Bytes coded = drivers::to_three_of_six(all);
  CHECK(coded.size() == 384);
  int ones = 0;
  for (const std::uint8_t byte : coded) ones += __builtin_popcount(byte);
  CHECK(ones == 512 * 3);
  CHECK(drivers::from_three_of_six(coded, 256) == all);
  CHECK(drivers::to_three_of_six(core::Bytes{0x0F, 0x44}) == *core::from_hex("5A971C"));
}

TEST_CASE("an odd number of bytes fills the last byte of its code up") {
  const core::Bytes coded = drivers::to_three_of_six(core::Bytes{0x44});
  CHECK(coded == *core::from_hex("71C5"));
  CHECK(drivers::from_three_of_six(coded, 1) == core::Bytes{0x44});
}

TEST_CASE("bits that are no code and codes that end early give nothing") {
  CHECK_FALSE(drivers::from_three_of_six(core::Bytes{0x00, 0x00}, 1));
  CHECK_FALSE(drivers::from_three_of_six(core::Bytes{0x71}, 1));
  CHECK_FALSE(drivers::from_three_of_six(core::Bytes{0xFF, 0xFF, 0xFF}, 2));
}

}  // namespace
}  // namespace afferent::test
