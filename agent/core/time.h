// When something happened: boot time for durations, UTC for people, and how far the UTC can be trusted. Value types.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

namespace afferent::core {

using Nanos = std::chrono::nanoseconds;
using Micros = std::chrono::microseconds;
using Millis = std::chrono::milliseconds;
using Seconds = std::chrono::seconds;

enum class ClockState : std::uint8_t {
  unsynced,  // UTC was never right in this boot
  holdover,  // was synchronised in this boot, is not now
  synced,    // the kernel says the clock is disciplined (adjtimex without STA_UNSYNC)
};

std::string_view name_of(ClockState state);

struct Stamp {
  Nanos boot{};  // CLOCK_BOOTTIME: the only base of durations
  Micros utc{};  // since 1970-01-01T00:00:00Z
  ClockState clock = ClockState::unsynced;
};

}  // namespace afferent::core
