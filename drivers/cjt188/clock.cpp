#include "drivers/cjt188/clock.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "drivers/cjt188/digits.h"

namespace afferent::drivers::cjt188 {
namespace {

// `bytes` with the seconds first.
std::optional<std::int64_t> seconds_of(const core::Bytes& bytes) {
  std::array<std::uint32_t, 7> part{};
  for (std::size_t i = 0; i < part.size(); ++i) {
    const auto digits = digits_of(bytes[i]);
    if (!digits) return std::nullopt;
    part[i] = *digits;
  }
  const auto [second, minute, hour, day, month, year, century] = part;
  if (second > 59 || minute > 59 || hour > 23 || century < 19 || century > 21) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(century * 100 + year)),
                                         std::chrono::month(month), std::chrono::day(day)};
  if (!date.ok() || date.year() < std::chrono::year(1970)) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return days * 86400 + std::int64_t{hour} * 3600 + std::int64_t{minute} * 60 + second;
}

}  // namespace

std::optional<std::int64_t> clock_from(core::ByteView bytes, ClockOrder order) {
  if (bytes.size() != 7) return std::nullopt;
  const core::Bytes normal(bytes.begin(), bytes.end());
  const core::Bytes reversed(bytes.rbegin(), bytes.rend());
  if (order == ClockOrder::reversed) return seconds_of(reversed);
  const auto seconds = seconds_of(normal);
  return seconds || order == ClockOrder::normal ? seconds : seconds_of(reversed);
}

core::Bytes clock_bytes(std::int64_t local_seconds, ClockOrder order) {
  const std::chrono::sys_seconds time{std::chrono::seconds(local_seconds)};
  const auto midnight = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(midnight);
  const auto of_day = static_cast<std::uint64_t>((time - midnight).count());
  core::Bytes bytes;
  append_number(bytes, of_day % 60, 1);
  append_number(bytes, of_day / 60 % 60, 1);
  append_number(bytes, of_day / 3600, 1);
  append_number(bytes, static_cast<unsigned>(date.day()), 1);
  append_number(bytes, static_cast<unsigned>(date.month()), 1);
  append_number(bytes, static_cast<std::uint64_t>(static_cast<int>(date.year())), 2);
  if (order == ClockOrder::reversed) std::reverse(bytes.begin(), bytes.end());
  return bytes;
}

}  // namespace afferent::drivers::cjt188
