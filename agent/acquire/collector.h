// Collects what one driver reads into polls of its devices. Of a driver that listens, a poll ends when the channel
// comes again with which it began: the tags of one report, the times of one frame are a poll each. Loop-bound; a
// reading costs no allocation once the buffers have grown to a device's usual poll.
#pragma once

#include <cstddef>
#include <memory>
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
  static constexpr std::size_t kMostReadings = 65'536;  // of one device that wait to be handed over
  static constexpr std::size_t kMostChannels = 4'096;   // of one device
  static constexpr core::Channel kNoChannel{0xFFFF};

  Collector(SeriesTable& series, bool listens) : series_(series), listens_(listens) {}

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
  void hand_over(core::PollSink& sink);

 private:
  struct Device {
    const DeviceSetup* setup = nullptr;
    std::vector<core::Series> series;  // by channel
    std::size_t fixed = 0;             // channels known from the start
    std::vector<std::string> learned;  // names of the others
    core::Poll poll;                   // all that was read since the last hand-over ...
    std::vector<std::size_t> starts;   // ... and where in it another poll begins
  };
  void hand_over(Device& device, core::PollSink& sink);
  std::string_view keep(std::string_view text);

  SeriesTable& series_;
  const bool listens_;
  std::vector<Device> devices_;
  std::vector<std::size_t> touched_;
  std::vector<std::unique_ptr<std::string>> texts_;  // views into them stay valid while it grows
  std::size_t texts_used_ = 0;
  core::Poll part_;
};

}  // namespace afferent::acquire
