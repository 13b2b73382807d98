// Lets recorded readings in as if a device had said them: the verb `replay`, which a person has to allow in the
// configuration. Loop-bound.
//
//   device, channel                     -> begins; {"replayed": 0}
//   device, channel, value [, measured] -> {"replayed": 1}, or {"replayed": 0} when the queue is crowded: ask again
//
// `value` is in the channel's unit, after calibration. `measured` is in microseconds since 1970-01-01T00:00:00Z,
// within the years 1900 to 9999.
// A reading is received when it comes: durations in rules run on that time.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "agent/core/clock.h"
#include "agent/core/command_target.h"
#include "agent/core/device.h"
#include "agent/core/log.h"
#include "agent/core/reading.h"

namespace afferent::app {

class Replay {
 public:
  struct Setup {
    bool allowed = false;                           // otherwise each request is refused
    std::span<const core::DeviceIdentity> devices;  // by DeviceId
    std::function<bool()> crowded;                  // the queue down has no room to spare
  };

  // All that is referred to outlives it. `sink` is where the devices' own polls go.
  Replay(Setup setup, core::PollSink& sink, const core::Clock& clock, core::Log& log);

  void series_added(core::Series series, core::DeviceId device, const core::ChannelSpec& channel);

  // Error{bad_config} when it is not allowed, {not_found} for a device or channel that does not exist (with those that
  // do), {bad_input} for a value or time that cannot be read. Nothing has been let in then.
  core::Result<std::string> handle(const core::CommandRequest& request);

  std::uint64_t replayed() const { return replayed_; }  // readings since the start

 private:
  struct Entry {
    core::Series series{};
    core::ChannelSpec channel;
    bool begun = false;
    core::Micros last_measured = core::Micros::min();
  };
  struct Found {
    core::DeviceId device{};
    std::size_t channel = 0;
  };

  core::Result<Found> find(const std::string& device, const std::string& channel) const;
  core::Result<void> fill(core::Reading& reading, const Entry& entry, const core::CommandRequest& request) const;
  void begin(const Found& found);

  const Setup setup_;
  core::PollSink& sink_;
  const core::Clock& clock_;
  core::Log& log_;
  std::vector<std::vector<Entry>> entries_;  // by device, then by the device's own channel number
  std::uint64_t replayed_ = 0;
};

}  // namespace afferent::app
