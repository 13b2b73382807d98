// Hours of the day and days in the node's time zone, for rules that depend on them. Value types.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "agent/core/zone.h"

namespace afferent::rules {

// A part of the day, such as 02:00-04:00; one that ends when it begins or before goes over midnight: 08:00-08:00 are
// the 24 hours from 08:00.
struct Hours {
  std::uint32_t from = 0;  // s since midnight
  std::uint32_t until = 0;

  bool holds(const core::LocalTime& at) const {
    return from < until ? at.second >= from && at.second < until : at.second >= from || at.second < until;
  }
  // "02:00-04:00", "08:00-08:00", "22:00-24:00"; 24:00 and 00:00 are the same midnight. Nothing for anything else.
  static std::optional<Hours> parse(std::string_view text);
};

// "07:30" as seconds since midnight; nothing for anything else.
std::optional<std::uint32_t> time_of_day(std::string_view text);

// The boot time at which it is next this time of the day, strictly after `now`. Only while the clock is not unsynced; a
// clock that is set meanwhile makes it wrong, so whoever wakes then looks at the local time again.
core::Nanos next_time_of_day(const core::Zone& zone, const core::Stamp& now, std::uint32_t second);

}  // namespace afferent::rules
