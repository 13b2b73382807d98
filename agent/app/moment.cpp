#include "agent/app/moment.h"

#include <cmath>
#include <string>

#include "agent/config/units.h"
#include "agent/rules/calendar.h"

namespace afferent::app {
namespace {

using core::Error;
using core::ErrorCode;

constexpr double kLongest = 400.0 * 86'400;

// "2026-07-01" as days since 1970.
std::optional<std::int64_t> day_named(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  int parts[3] = {0, 0, 0};
  std::size_t part = 0;
  for (const char c : text) {
    if (c == '-') {
      ++part;
    } else if (c >= '0' && c <= '9' && part < 3) {
      parts[part] = parts[part] * 10 + (c - '0');
    } else {
      return std::nullopt;
    }
  }
  const std::chrono::year_month_day day{std::chrono::year(parts[0]),
                                        std::chrono::month(static_cast<unsigned>(parts[1])),
                                        std::chrono::day(static_cast<unsigned>(parts[2]))};
  if (!day.ok()) return std::nullopt;
  return std::chrono::sys_days(day).time_since_epoch().count();
}

}  // namespace

core::Result<core::Nanos> moment_named(std::string_view text, bool end_of_day, const core::Zone& zone,
                                       const core::Stamp& now) {
  if (const auto length = config::parse_duration(text)) {
    if (*length <= 0) return Error(ErrorCode::bad_input, "'" + std::string(text) + "' is no time from now");
    if (*length > kLongest) return Error(ErrorCode::bad_input, "'" + std::string(text) + "' is too long");
    return now.boot + core::Nanos(std::llround(*length * 1e9));
  }
  const auto time = rules::time_of_day(text);
  const auto day = day_named(text.substr(0, 10));
  const bool with_time = text.size() == 16 && (text[10] == ' ' || text[10] == 'T');
  const auto time_of = with_time ? rules::time_of_day(text.substr(11)) : std::nullopt;
  if (!time && (!day || (text.size() != 10 && !time_of))) {
    return Error(ErrorCode::bad_input, "'" + std::string(text) +
                                           "' is not a time; allowed: a duration such as \"2 h\", \"14:30\", "
                                           "\"2026-07-01\" or \"2026-07-01 14:30\"");
  }
  if (now.clock == core::ClockState::unsynced) {
    return Error(ErrorCode::retry, "the gateway's clock is not right yet; say a duration such as \"2 h\"");
  }
  if (time) return rules::next_time_of_day(zone, now, *time);
  const core::Micros utc = time_of ? zone.utc(*day, *time_of) : zone.utc(*day + (end_of_day ? 1 : 0), 0);
  if (std::chrono::abs(utc - now.utc) > std::chrono::hours(24 * 36'600)) {
    return Error(ErrorCode::bad_input, "'" + std::string(text) + "' is too far away");
  }
  return now.boot + (utc - now.utc);
}

}  // namespace afferent::app
