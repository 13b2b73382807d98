#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "agent/core/zone.h"

using namespace afferent::core;

namespace {

// A zone file that has nothing but the TZ string at its end.
Result<Zone> of_rule(const std::string& rule, const std::string& version = "2") {
  std::string file;
  for (int block = 0; block < 2; ++block) {
    file += "TZif" + version + std::string(15, '\0');
    for (const char count : {'\0', '\0', '\0', '\0', '\1', '\4'}) file += std::string(3, '\0') + count;
    file += std::string(6, '\0') + std::string("UTC\0", 4);
  }
  return Zone::parse(as_bytes(file + "\n" + rule + "\n"));
}

Micros utc(int year, unsigned month, unsigned day, int hour, int minute = 0) {
  const std::chrono::year_month_day when{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  return std::chrono::sys_days(when).time_since_epoch() + std::chrono::hours(hour) + std::chrono::minutes(minute);
}

Bytes installed(const std::string& name) {
  std::ifstream file("/usr/share/zoneinfo/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("UTC is what a zone is by default") {
  const Zone zone;
  CHECK(date_and_time(zone.local(utc(2026, 7, 1, 14, 30))) == "2026-07-01 14:30");
  CHECK(zone.local(Micros(-1)).day == -1);
  CHECK(zone.local(Micros(-1)).second == 86'399);
  CHECK(zone.local(utc(2026, 11, 27, 0)).weekday() == 5);
  CHECK(zone.local(utc(1969, 12, 31, 23)).weekday() == 3);
}

TEST_CASE("zones without summer time") {
  const auto zone = of_rule("CST-8");
  REQUIRE(zone.ok());
  CHECK(date_and_time(zone->local(utc(2026, 7, 1, 18, 30))) == "2026-07-02 02:30");
  CHECK(zone->utc(zone->local(utc(2026, 7, 1, 18)).day, 2 * 3600 + 1800) == utc(2026, 7, 1, 18, 30));
  CHECK(of_rule("<+0545>-5:45")->offset(Micros(0)) == Seconds(20'700));
  CHECK(of_rule("<-03>3")->offset(Micros(0)) == Seconds(-10'800));
}

TEST_CASE("summer time begins and ends as the rule says") {
  const auto berlin = of_rule("CET-1CEST,M3.5.0,M10.5.0/3");
  REQUIRE(berlin.ok());
  CHECK(berlin->offset(utc(2026, 3, 29, 0, 59)) == Seconds(3600));
  CHECK(berlin->offset(utc(2026, 3, 29, 1)) == Seconds(7200));
  CHECK(berlin->offset(utc(2026, 10, 25, 0, 59)) == Seconds(7200));
  CHECK(berlin->offset(utc(2026, 10, 25, 1)) == Seconds(3600));
  CHECK(berlin->offset(utc(2051, 7, 1, 0)) == Seconds(7200));
  const auto sydney = of_rule("AEST-10AEDT,M10.1.0,M4.1.0/3");
  CHECK(sydney->offset(utc(2026, 1, 1, 0)) == Seconds(39'600));
  CHECK(sydney->offset(utc(2026, 7, 1, 0)) == Seconds(36'000));
  const auto julian = of_rule("AAA0BBB-1,J60/0,300/0");
  CHECK(julian->offset(utc(2024, 2, 29, 23)) == Seconds(0));  // J60 is the first of March in every year
  CHECK(julian->offset(utc(2024, 3, 1, 0)) == Seconds(3600));
  CHECK(julian->offset(utc(2025, 3, 1, 0)) == Seconds(3600));
}

TEST_CASE("local times that come twice or not at all") {
  const auto berlin = of_rule("CET-1CEST,M3.5.0,M10.5.0/3");
  const std::int64_t spring = berlin->local(utc(2026, 3, 29, 12)).day;
  CHECK(berlin->utc(spring, 2 * 3600 + 1800) == utc(2026, 3, 29, 1, 30));  // not there: as if without the jump
  const std::int64_t autumn = berlin->local(utc(2026, 10, 25, 12)).day;
  CHECK(berlin->utc(autumn, 2 * 3600 + 1800) == utc(2026, 10, 25, 0, 30));  // the first of two
  CHECK(berlin->utc(autumn, 86'400) - berlin->utc(autumn, 0) == std::chrono::hours(25));
}

TEST_CASE("the system's zone files are read") {
  struct Known {
    const char* name;
    Micros at;
    int offset;
  };
  for (const Known& known :
       {Known{"Asia/Shanghai", utc(2026, 7, 1, 0), 28'800}, Known{"Asia/Shanghai", utc(1988, 7, 1, 0), 32'400},
        Known{"Europe/Berlin", utc(2026, 7, 1, 0), 7200}, Known{"Europe/Berlin", utc(1945, 6, 1, 0), 10'800},
        Known{"America/New_York", utc(2040, 1, 1, 0), -18'000},
        Known{"Australia/Lord_Howe", utc(2026, 1, 1, 0), 39'600}}) {
    const Bytes file = installed(known.name);
    if (file.empty()) continue;  // a system without zones has only UTC
    const auto zone = Zone::parse(file);
    REQUIRE_MESSAGE(zone.ok(), known.name);
    CHECK_MESSAGE(zone->offset(known.at).count() == known.offset, known.name);
    (void)zone->offset(Micros::max());
    (void)zone->offset(Micros::min());
  }
}

TEST_CASE("what is not a zone file is refused, whatever it is") {
  CHECK_FALSE(Zone::parse({}).ok());
  CHECK_FALSE(Zone::parse(as_bytes("TZif2")).ok());
  for (const char* rule : {"CST", "C-8", "CST-8:99", "CST-168", "CST-8x", "CET-1CEST", "CET-1CEST,M13.1.0,M10.5.0",
                           "CET-1CEST,M3.5.0", "CET-1CEST,J0,J400", "<CST-8", "CST-8,M3.5.0,M10.5.0"}) {
    CHECK_FALSE_MESSAGE(of_rule(rule).ok(), rule);
  }
  const Bytes file = installed("Europe/Berlin");
  for (std::size_t length = 0; length + 1 < file.size(); ++length) {
    CHECK_FALSE(Zone::parse(ByteView(file).first(length)).ok());
  }
  std::uint32_t random = 1;
  for (int i = 0; i < 5000 && !file.empty(); ++i) {
    Bytes broken = file;
    for (int n = 0; n < 4; ++n) {
      random = random * 1664525U + 1013904223U;
      broken[(random >> 8) % broken.size()] = static_cast<std::uint8_t>(random);
    }
    if (const auto zone = Zone::parse(broken)) (void)zone->local(utc(2026, 7, 1, 0));
  }
}
