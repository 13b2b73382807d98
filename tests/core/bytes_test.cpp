#include "agent/core/bytes.h"

#include <doctest/doctest.h>

using afferent::core::from_hex;
using afferent::core::to_hex;

TEST_CASE("hexadecimal goes both ways and refuses what is not") {
  const auto bytes = from_hex("01 03:02 0010b988");
  REQUIRE(bytes);
  CHECK(to_hex(*bytes) == "0103020010B988");
  CHECK_FALSE(from_hex("012"));
  CHECK_FALSE(from_hex("0G"));
  CHECK_FALSE(from_hex("0 1"));
  CHECK(from_hex("")->empty());
}
