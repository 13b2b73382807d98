#include "drivers/sl651/clock.h"

#include <array>
#include <cstdio>

namespace afferent::drivers::sl651 {

std::optional<core::Micros> time_in(std::string_view digits, Minutes zone) {
  if (digits.size() != 10 && digits.size() != 12) return std::nullopt;
  std::array<int, 6> part{};
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (digits[i] < '0' || digits[i] > '9') return std::nullopt;
    part[i / 2] = part[i / 2] * 10 + (digits[i] - '0');
  }
  const std::chrono::year_month_day date{std::chrono::year(2000 + part[0]),
                                         std::chrono::month(static_cast<unsigned>(part[1])),
                                         std::chrono::day(static_cast<unsigned>(part[2]))};
  if (!date.ok() || part[3] > 23 || part[4] > 59 || part[5] > 59) return std::nullopt;
  const auto local =
      std::chrono::sys_days(date) + std::chrono::hours(part[3]) + Minutes(part[4]) + std::chrono::seconds(part[5]);
  return core::Micros(local.time_since_epoch() - zone);
}

std::string time_text(core::Micros utc, Minutes zone) {
  const std::chrono::sys_time<core::Micros> local(utc + zone);
  const auto day = std::chrono::floor<std::chrono::days>(local);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(local - day));
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%02d%02u%02u%02d%02d%02d", static_cast<int>(date.year()) % 100,
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text.data();
}

}  // namespace afferent::drivers::sl651
