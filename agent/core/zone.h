// Civil time of a place: what the clocks on the wall show for a UTC, and back. Value type; made from the bytes of an
// IANA time zone file (RFC 8536), so that nothing outside io asks the system.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/bytes.h"
#include "agent/core/result.h"
#include "agent/core/time.h"

namespace afferent::core {

struct LocalTime {
  std::int64_t day = 0;      // days since 1970-01-01
  std::uint32_t second = 0;  // of the day, 0 to 86399

  std::uint32_t hour() const { return second / 3600; }
  std::uint32_t weekday() const {  // 1 Monday to 7 Sunday
    return static_cast<std::uint32_t>(((day % 7) + 7 + 3) % 7) + 1;
  }
};

class Zone {
 public:
  Zone() = default;  // UTC

  // Error{bad_input} for anything that is not a whole zone file of version 1 to 4.
  static Result<Zone> parse(ByteView file);

  Seconds offset(Micros utc) const;  // what is added to UTC
  LocalTime local(Micros utc) const;
  // The first moment at which the clocks show this; where they jump over it, the moment that would be it without the
  // jump. `second` may lie beyond a day.
  Micros utc(std::int64_t day, std::int64_t second) const;

 private:
  struct Change {  // in the course of a year, seconds since its start in local time are computed from it
    enum class Form : std::uint8_t { julian, ordinal, weekday } form = Form::ordinal;
    std::int32_t month = 0, week = 0, day = 0;  // as in POSIX TZ: Jn, n, Mm.w.d
    std::int32_t time = 7200;                   // s after midnight, may be negative or beyond a day
  };
  struct Recurring {  // what holds after the last transition
    std::int32_t standard = 0;
    std::int32_t summer = 0;
    bool has_summer = false;
    Change begin, end;
  };
  struct Transition {
    std::int64_t at = 0;  // s UTC
    std::int32_t offset = 0;
  };
  friend class ZoneReader;

  std::int32_t recurring_offset(std::int64_t utc) const;
  static std::int64_t local_second(const Change& change, std::int64_t year_day, std::int32_t year);

  std::int32_t first_ = 0;  // before the first transition
  std::vector<Transition> transitions_;
  std::optional<Recurring> recurring_;
};

// "2026-07-01 14:30", for people.
std::string date_and_time(const LocalTime& local);
std::string time_of_day(const LocalTime& local);  // "14:30"

}  // namespace afferent::core
