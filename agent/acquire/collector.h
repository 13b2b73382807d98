// Collects what one driver reads into a poll for each of its devices. Loop-bound; a reading costs no allocation once
// the buffers have grown to a device's usual poll.
#pragma once

#include <cstddef>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/acquire/series.h"
#include "agent/acquire/setup.h"
#include "agent/core/driver.h"

namespace afferent::acquire {

class Collector {
 public:
  static constexpr std::size_t kMostReadings = 65'536;  // of one device in one poll
  static constexpr std::size_t kMostChannels = 4'096;   // of one device
  static constexpr core::Channel kNoChannel{0xFFFF};

  explicit Collector(SeriesTable& series) : series_(series) {}

  // Devices in the order of their DeviceRef. `setup` is borrowed.
  void add(const DeviceSetup& setup, std::span<const core::ChannelSpec> channels);

  // Empty, or why the driver's word was refused or changed.
  std::string_view take(core::DeviceRef device, core::Channel channel, core::Value value,
                        const std::optional<core::Micros>& measured, core::Quality quality,
                        const core::Stamp& received);
  // The number of a channel that is named for the second time is the same; kNoChannel when there is no room or no
  // device.
  core::Channel declare(core::DeviceRef device, const core::ChannelSpec& channel);

  bool empty() const { return touched_.empty(); }
  std::span<const std::size_t> touched() const { return touched_; }  // devices with readings that were not handed over
  std::size_t readings(std::size_t device) const { return devices_[device].poll.readings.size(); }
  void hand_over(core::PollSink& sink);

 private:
  struct Device {
    const DeviceSetup* setup = nullptr;
    std::vector<core::Series> series;  // by channel
    std::size_t fixed = 0;             // channels known from the start
    std::vector<std::string> learned;  // names of the others
    core::Poll poll;
  };
  std::string_view keep(std::string_view text);

  SeriesTable& series_;
  std::vector<Device> devices_;
  std::vector<std::size_t> touched_;
  std::deque<std::string> texts_;  // a deque: views into it stay valid while it grows
  std::size_t texts_used_ = 0;
};

}  // namespace afferent::acquire
