// Hours of the day: how they are written, and a day that does not begin at midnight.
#include "agent/rules/calendar.h"

#include "tests/rules/window_fixture.h"

using namespace afferent;
using namespace afferent::test;
using rules::Hours;

namespace {

constexpr std::uint32_t kHour = 3600;

bool holds(const Hours& hours, std::uint32_t second) { return hours.holds({20'000, second}); }

// What the rise of volume was in each day from 08:00 to 08:00, as it was told: one bench a day. `change` is a day in
// which the clocks are set.
std::string story_of_day(const char* side, double limit, std::chrono::sys_days from) {
  const core::Zone zone = zone_of("CET-1CEST,M3.5.0,M10.5.0/3");
  Bench bench({daily("rise", side, limit, "08:00-08:00")}, core::Quantity::volume, rules::Language::english, zone);
  const std::int64_t day = from.time_since_epoch().count();
  bench.utc_offset += zone.utc(day, 0) - bench.at(0).utc;
  const auto seconds = [&](std::int64_t of_day, std::int64_t second) {
    return static_cast<double>((zone.utc(of_day, second) - bench.at(0).utc).count()) / 1e6;
  };
  const double begin = seconds(day, 8 * kHour);
  const double end = seconds(day + 1, 8 * kHour);
  for (double t = 900; t <= end + 2 * kHour; t += 900) {
    bench.run_until(t);
    bench.say(t, std::min(std::max(t - begin, 0.0), end - begin) / kHour);  // 1 m3 in each hour of the day, else none
  }
  return bench.out.story();
}

}  // namespace

TEST_CASE("hours are two times of the day; with twice the same they are the whole day from then") {
  const auto night = Hours::parse("22:00-06:00");
  REQUIRE(night);
  CHECK(holds(*night, 23 * kHour));
  CHECK_FALSE(holds(*night, 6 * kHour));
  const auto day = Hours::parse("08:00-08:00");
  REQUIRE(day);
  for (std::uint32_t hour = 0; hour < 24; ++hour) CHECK(holds(*day, hour * kHour));
  for (const char* wrong : {"", "8:00-8:00", "08:00", "08:00-24:01", "08:00-25:00", "24:30-08:00", "08:00-08:00-"}) {
    CAPTURE(wrong);
    CHECK_FALSE(Hours::parse(wrong));
  }
}

TEST_CASE("midnight is 00:00 or 24:00, at either end") {
  for (const char* whole : {"00:00-24:00", "24:00-24:00", "00:00-00:00", "24:00-00:00"}) {
    CAPTURE(whole);
    const auto hours = Hours::parse(whole);
    REQUIRE(hours);
    CHECK(hours->from == 0);
    CHECK(hours->until == 24 * kHour);
  }
  for (const char* evening : {"20:00-24:00", "20:00-00:00"}) {
    const auto hours = Hours::parse(evening);
    REQUIRE(hours);
    CHECK(holds(*hours, 24 * kHour - 1));
    CHECK_FALSE(holds(*hours, 0));
  }
  const auto morning = Hours::parse("24:00-06:00");
  REQUIRE(morning);
  CHECK(holds(*morning, 0));
  CHECK_FALSE(holds(*morning, 6 * kHour));
}

TEST_CASE("a day from 08:00 to 08:00 has 24 hours, 23 or 25 when the clocks are set") {
  using namespace std::chrono;
  const sys_days spring = 2026y / March / 28;  // the night to the 29th
  const sys_days autumn = 2026y / October / 24;
  for (const auto& [from, hours] : {std::pair{sys_days(2026y / June / 1), 24.0}, {spring, 23.0}, {autumn, 25.0}}) {
    CAPTURE(hours);
    CHECK(story_of_day("above", hours - 0.5, from) != "");
    CHECK(story_of_day("above", hours + 0.5, from) == "");
    CHECK(story_of_day("below", hours + 0.5, from) != "");
  }
}
