#include "drivers/common/bcd.h"

#include <doctest/doctest.h>

using afferent::drivers::from_bcd;
using afferent::drivers::to_bcd;

TEST_CASE("BCD digits become their number") {
  CHECK(from_bcd(0x1234, 4) == 1234u);
  CHECK(from_bcd(0x99999999, 8) == 99999999u);
  CHECK(from_bcd(0x12345678, 4) == 5678u);
}

TEST_CASE("a nibble above nine is no BCD") {
  CHECK_FALSE(from_bcd(0x12A4, 4).has_value());
  CHECK_FALSE(from_bcd(0xFFFF, 4).has_value());
  CHECK(from_bcd(0xF123, 3) == 123u);
}

TEST_CASE("numbers become BCD and come back") {
  CHECK(to_bcd(1234, 4) == 0x1234u);
  CHECK(to_bcd(56789, 4) == 0x6789u);
  for (const std::uint64_t number : {0u, 7u, 90u, 9999u}) CHECK(from_bcd(to_bcd(number, 4), 4) == number);
}
