#include "drivers/common/crc.h"

#include <doctest/doctest.h>

using afferent::core::as_bytes;
using afferent::core::from_hex;
using afferent::drivers::crc16_a001;

TEST_CASE("the CRC of the check string is the published one") {
  CHECK(crc16_a001(as_bytes("123456789")) == 0x4B37);     // CRC-16/MODBUS
  CHECK(crc16_a001(as_bytes("123456789"), 0) == 0xBB3D);  // CRC-16/ARC
}

TEST_CASE("a frame with its CRC behind it leaves zero, whether its length is even or odd") {
  CHECK(crc16_a001(*from_hex("010300000001840A")) == 0);
  CHECK(crc16_a001(*from_hex("0103020010B988")) == 0);
  CHECK(crc16_a001(*from_hex("0103020011B988")) != 0);
}

TEST_CASE("nothing has the start value as its CRC") { CHECK(crc16_a001({}) == 0xFFFF); }
