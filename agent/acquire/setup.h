// What a line and its devices are set up with, and how they are doing. Value types.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/device.h"
#include "agent/core/port.h"
#include "agent/core/time.h"

namespace afferent::acquire {

struct DeviceSetup {
  core::DeviceId device{};
  std::string id{};
  core::Millis poll{10'000};                 // 0: as fast as the line allows
  core::Millis reply_timeout{1000};          // from the last byte sent to the first byte of an answer
  core::Millis silence{};                    // quiet time before a request; 0: the line's
  std::uint8_t retries = 2;                  // repeats of the same bytes before `timed_out`
  std::optional<core::LineSettings> line{};  // its own rate and framing on a shared line
  std::vector<core::Calibration> calibration{};
};

struct LineSetup {
  std::string id{};
  core::LineSettings line{};         // for devices that have none of their own
  core::Millis silence{};            // 0: computed, see timing.h
  core::Millis turn_limit{120'000};  // no driver holds the line for longer
  // Which of how many lines this is: lines take their slots beside each other, not all at the same moment.
  std::uint32_t number = 0;
  std::uint32_t lines = 1;
  // Whether readings are taken faster than they can be stored and sent: devices polled without pause then wait.
  std::function<bool()> crowded{};
};

struct DeviceHealth {
  core::Health state = core::Health::unknown;
  std::optional<core::Stamp> last_good;
  std::uint64_t polls = 0;        // turns that began
  std::uint64_t good = 0;         // of these, ended well
  std::uint64_t timeouts = 0;     // requests that nobody answered, repeats included
  std::uint64_t rejects = 0;      // bad frames, and values that cannot be
  std::uint64_t errors = 0;       // turns that ended badly though something answered
  std::uint64_t missed = 0;       // slots of the schedule that found no time on the line
  double frame_error_rate = 0.0;  // 0..1, over the last 64 requests
  double round_trip_ms = 0.0;     // smoothed; from the request's first byte to the answer's last
  double round_trip_max_ms = 0.0;
  std::string last_error;                        // stays after recovery, for who comes to look; empty: never one
  std::optional<core::Nanos> quarantined_until;  // boot time of the next attempt
};

// Somebody whom a command found: a search has no other answer.
struct Heard {
  static constexpr std::size_t kLongestId = 64;     // bytes
  static constexpr std::size_t kLongestWhat = 200;  // bytes
  std::string id;
  std::string what;
};

struct LineHealth {
  bool open = false;
  std::uint64_t rejects = 0;          // of all drivers on the line
  std::uint64_t overheard_bytes = 0;  // from foreign masters, late answers and noise
  std::uint64_t never_quiet = 0;      // turns given up since somebody kept talking
};

}  // namespace afferent::acquire
