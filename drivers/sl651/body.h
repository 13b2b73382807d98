// The body of a report as values. Pure functions, thread-safe.
// Source: SL 651-2014, section 6.6, and the notes of table C.1.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/core/channel.h"
#include "agent/core/value.h"
#include "drivers/sl651/clock.h"
#include "drivers/sl651/frame.h"

namespace afferent::drivers::sl651 {

// Whose time the observation time of twelve five-minute values is. The standard says the first one's; many stations
// send the end of the hour.
enum class HourTime : std::uint8_t {
  guess,  // the first one's, unless the values would then be younger than the report
  first,
  last,
};

struct Rules {
  Minutes zone{480};  // of the station's clock
  HourTime hour_time = HourTime::guess;
};

struct Item {
  std::string station;  // ten hex digits
  core::ChannelSpec channel;
  core::Value::Kind kind = core::Value::Kind::number;
  double number = 0.0;  // 0 or 1 of a boolean
  std::string text;
  std::optional<core::Micros> measured;
};

struct Body {
  std::optional<std::uint16_t> serial;
  std::optional<core::Micros> sent;
  char kind = '\0';         // of the station: 'P', 'H', ...
  std::vector<Item> items;  // oldest first
  std::string trouble;      // what could not be read, and why; empty: all of it could
};

// The body of `frame`, or of several packets put together in its place.
Body read_body(const Frame& frame, const Rules& rules);

}  // namespace afferent::drivers::sl651
