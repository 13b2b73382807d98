#include "drivers/common/numbers.h"

#include <doctest/doctest.h>

using namespace afferent;

TEST_CASE("bytes are a number with the lowest first") {
  const core::Bytes bytes{0x01, 0x02, 0x83, 0x04, 0x05, 0x06, 0x07, 0xF8};
  CHECK(drivers::little_endian(core::ByteView()) == 0);
  CHECK(drivers::little_endian<std::uint16_t>(core::ByteView(bytes).first(2)) == 0x0201);
  CHECK(drivers::little_endian(core::ByteView(bytes).first(3)) == 0x830201);
  CHECK(drivers::little_endian<std::uint64_t>(bytes) == 0xF807060504830201U);
}

TEST_CASE("a number is as many hex digits as its type has") {
  CHECK(drivers::hex(std::uint8_t{0x0A}) == "0A");
  CHECK(drivers::hex(std::uint16_t{0x0A1B}) == "0A1B");
  CHECK(drivers::hex(std::uint32_t{0x12345678}) == "12345678");
}

TEST_CASE("powers of ten are exact up to 22 and end there") {
  CHECK(drivers::power_of_ten(0) == 1.0);
  CHECK(drivers::power_of_ten(3) == 1000.0);
  CHECK(drivers::power_of_ten(22) == 1e22);
  CHECK(drivers::power_of_ten(23) == 1e22);
  CHECK(drivers::power_of_ten(-1) == 1.0);
}
