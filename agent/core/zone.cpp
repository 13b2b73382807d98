#include "agent/core/zone.h"

#include <algorithm>
#include <array>

namespace afferent::core {
namespace {

constexpr std::int64_t kDay = 86'400;

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

std::chrono::year_month_day date(std::int64_t day) {
  return std::chrono::sys_days(std::chrono::days(static_cast<std::int32_t>(day)));
}

std::int64_t day_of(std::int32_t year, unsigned month, unsigned day) {
  const std::chrono::year_month_day when{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  return std::chrono::sys_days(when).time_since_epoch().count();
}

std::string two(std::uint32_t number) {
  return {static_cast<char>('0' + number / 10 % 10), static_cast<char>('0' + number % 10)};
}

}  // namespace

std::int64_t Zone::local_second(const Change& change, std::int64_t year_day, std::int32_t year) {
  std::int64_t day = year_day;
  switch (change.form) {
    case Change::Form::julian: {  // 1 to 365, February 29 is never counted
      const bool after = std::chrono::year(year).is_leap() && change.day >= 60;
      day += change.day - 1 + (after ? 1 : 0);
      break;
    }
    case Change::Form::ordinal: day += change.day; break;
    case Change::Form::weekday: {
      const std::int64_t first = day_of(year, static_cast<unsigned>(change.month), 1);
      const std::int64_t weekday = (first % 7 + 7 + 4) % 7;  // 0: Sunday
      day = first + (change.day - weekday + 7) % 7 + 7 * (change.week - 1);
      const std::chrono::year_month_day_last last{
          std::chrono::year(year),
          std::chrono::month_day_last(std::chrono::month(static_cast<unsigned>(change.month)))};
      if (day > std::chrono::sys_days(last).time_since_epoch().count()) day -= 7;
      break;
    }
  }
  return day * kDay + change.time;
}

std::int32_t Zone::recurring_offset(std::int64_t utc) const {
  const Recurring& rule = *recurring_;
  if (!rule.has_summer) return rule.standard;
  const auto year = static_cast<std::int32_t>(static_cast<int>(date(floor_div(utc + rule.standard, kDay)).year()));
  const std::int64_t year_day = day_of(year, 1, 1);
  const std::int64_t begin = local_second(rule.begin, year_day, year) - rule.standard;
  const std::int64_t end = local_second(rule.end, year_day, year) - rule.summer;
  const bool summer = begin < end ? utc >= begin && utc < end : utc >= begin || utc < end;
  return summer ? rule.summer : rule.standard;
}

Seconds Zone::offset(Micros utc) const {
  // Beyond these years the calendar types have no room; no clock that was ever right is there.
  const std::int64_t at = std::clamp<std::int64_t>(floor_div(utc.count(), 1'000'000), -10'000'000'000, 100'000'000'000);
  const auto later = std::upper_bound(transitions_.begin(), transitions_.end(), at,
                                      [](std::int64_t t, const Transition& other) { return t < other.at; });
  if (later == transitions_.end() && recurring_) return Seconds(recurring_offset(at));
  return Seconds(later == transitions_.begin() ? first_ : std::prev(later)->offset);
}

LocalTime Zone::local(Micros utc) const {
  const std::int64_t seconds = floor_div(utc.count(), 1'000'000) + offset(utc).count();
  const std::int64_t day = floor_div(seconds, kDay);
  return {day, static_cast<std::uint32_t>(seconds - day * kDay)};
}

Micros Zone::utc(std::int64_t day, std::int64_t second) const {
  const Seconds local(day * kDay + second);
  const Micros before = local - offset(local - Seconds(kDay));
  const Micros after = local - offset(local + Seconds(kDay));
  const auto shows = [&](Micros at) { return at + offset(at) == Micros(local); };
  const Micros first = std::min(before, after);
  const Micros last = std::max(before, after);
  if (shows(first)) return first;
  if (shows(last)) return last;
  return before;
}

std::string time_of_day(const LocalTime& local) { return two(local.second / 3600) + ":" + two(local.second / 60 % 60); }

std::string date_and_time(const LocalTime& local) {
  const std::chrono::year_month_day when = date(local.day);
  return std::to_string(static_cast<int>(when.year())) + "-" + two(static_cast<unsigned>(when.month())) + "-" +
         two(static_cast<unsigned>(when.day())) + " " + time_of_day(local);
}

}  // namespace afferent::core
