#include "drivers/common/mbus_time.h"

#include <doctest/doctest.h>

#include <string_view>

namespace afferent::drivers::mbus {
namespace {

std::optional<std::int64_t> read(std::string_view hex) { return time_of(core::from_hex(hex).value_or(core::Bytes{})); }

constexpr std::int64_t kDay = 86400;

// Type I: that of type F with the second before it, and no daylight saving.
core::Bytes bytes_i(std::int64_t time) {
  const core::Bytes f = bytes_f(time);
  return {static_cast<std::uint8_t>(time % 60), f[0], static_cast<std::uint8_t>(f[1] & 0x1FU), f[2], f[3], 0};
}

TEST_CASE("dates and times are those of the standard's examples") {
  CHECK(read("FE04") == 1177891200);          // 2007-04-30
  CHECK(read("32371F15") == 1212277800);      // 2008-05-31 23:50
  CHECK(read("563412563412") == 1776883942);  // 2026-04-22 18:52:22
  CHECK(read("26008AE52100") == 1672912838);  // 2023-01-05 10:00:38
}

TEST_CASE("wildcards, invalid times and days that there are not give nothing") {
  for (const char* wrong : {"E0F0", "FFFF", "1F12", "FE0F", "B2371F15", "3F371F15", "323F1F15", "3237FFFF",
                            "26808AE52100", "3F008AE52100", "26003FE52100", "FE0400", "", "00"}) {
    CAPTURE(wrong);
    CHECK_FALSE(read(wrong).has_value());
  }
}

TEST_CASE("the hundreds of the year are used where a meter sends them") {
  CHECK(read("32571F15") == 4367951400);  // 2: of 2100
  CHECK(read("32371F15") == 1212277800);
  CHECK(read("32171F15") == 1212277800);  // 0: of this century to 80, of the last one from 81 on
  CHECK(read("000001A1") == 3471292800);
  CHECK(read("000021A1") == 347155200);
  CHECK(read("000061C1") == 915148800);
}

TEST_CASE("a time of day has no date") { CHECK_FALSE(read("1E2D0C").has_value()); }

TEST_CASE("what is written is read again") {
  for (const std::int64_t time :
       {std::int64_t{946684800}, std::int64_t{951782400}, std::int64_t{1790000040}, std::int64_t{4102444740}}) {
    CHECK(time_f(bytes_f(time)) == time - time % 60);
    CHECK(time_i(bytes_i(time)) == time);
    CHECK(time_g(bytes_g(time)) == time - time % kDay);
  }
}

TEST_CASE("months are added on the calendar") {
  const std::int64_t january = 1264896000;  // 2010-01-31
  CHECK(add_months(january, 1) == january + 28 * kDay);
  CHECK(add_months(january, 2) == january + 59 * kDay);
  CHECK(add_months(january, -1) == january - 31 * kDay);
  CHECK(add_months(january + 3600, 12) == january + 365 * kDay + 3600);
}

}  // namespace
}  // namespace afferent::drivers::mbus
