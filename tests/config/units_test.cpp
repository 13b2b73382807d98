#include "agent/config/units.h"

#include <doctest/doctest.h>

using namespace afferent::config;

TEST_CASE("durations are read in every unit, with and without a blank") {
  CHECK(parse_duration("250 ms") == 0.25);
  CHECK(parse_duration("5 s") == 5.0);
  CHECK(parse_duration("10min") == 600.0);
  CHECK(parse_duration(" 1.5 h ") == 5400.0);
  CHECK(parse_duration("1 d") == 86400.0);
  CHECK(parse_duration("-1 s") == -1.0);  // left to the range check
}

TEST_CASE("a duration without a known unit is none") {
  for (const char* text : {"", "5", "s", "5 sec", "5 m", "5 S", "inf s", "nan s", "1e3 s", "0x5 s", "5 s s", "1,5 s"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_duration(text));
  }
}

TEST_CASE("sizes are powers of 1024") {
  CHECK(parse_size("256 MB") == 268435456u);
  CHECK(parse_size("64kB") == 65536u);
  CHECK(parse_size("64 KiB") == 65536u);
  CHECK(parse_size("0.5 GB") == 536870912u);
  CHECK(parse_size("1000") == 1000u);
  for (const char* text : {"", "MB", "-1 MB", "5 TBs", "1e30 GB", "99999999999999999999"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_size(text));
  }
}

TEST_CASE("a framing is data bits, parity and stop bits") {
  const auto line = parse_framing("7O2");
  REQUIRE(line);
  CHECK(line->data_bits == 7);
  CHECK(line->parity == afferent::core::Parity::odd);
  CHECK(line->stop_bits == 2);
  for (const char* text : {"", "8E", "9N1", "4N1", "8X1", "8N3", "8n1", "8E11", "rtu"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_framing(text));
  }
}

TEST_CASE("durations and sizes are written in the largest unit that fits") {
  CHECK(duration_text(0) == "0 s");
  CHECK(duration_text(0.25) == "250 ms");
  CHECK(duration_text(90) == "90 s");
  CHECK(duration_text(600) == "10 min");
  CHECK(duration_text(31 * 86400.0) == "31 d");
  CHECK(size_text(0) == "0 B");
  CHECK(size_text(65536) == "64 kB");
  CHECK(size_text(1500) == "1500 B");
  CHECK(number_text(0.1) == "0.1");
  CHECK(number_text(4000000) == "4000000");
}
