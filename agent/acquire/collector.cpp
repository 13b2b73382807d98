#include "agent/acquire/collector.h"

#include <algorithm>

#include "agent/core/utf8.h"

namespace afferent::acquire {

void Collector::add(const DeviceSetup& setup, std::span<const core::ChannelSpec> channels) {
  Device& device = devices_.emplace_back();
  device.setup = &setup;
  device.fixed = channels.size();
  device.poll.device = setup.device;
  device.series.reserve(channels.size());
  for (const core::ChannelSpec& channel : channels) {
    device.series.push_back(series_.add(setup.device, channel, setup.calibration));
  }
}

std::string_view Collector::take(core::DeviceRef ref, core::Channel channel, core::Value value,
                                 const std::optional<core::Micros>& measured, core::Quality quality,
                                 const core::Stamp& received) {
  if (core::index(ref) >= devices_.size()) return "reading of a device that the driver does not have";
  Device& device = devices_[core::index(ref)];
  if (core::index(channel) >= device.series.size()) return "reading of a channel that the device does not have";
  const core::Series series = device.series[core::index(channel)];
  if (value.kind() != series_.kind(series)) return "reading of another kind than its channel";
  core::Poll& poll = device.poll;
  if (poll.readings.size() >= kMostReadings) return "more readings than one poll can hold";

  if (poll.readings.empty()) {
    poll.received = received;
    touched_.push_back(core::index(ref));
  } else if (listens_ && channel == poll.readings[device.starts.empty() ? 0 : device.starts.back()].channel) {
    device.starts.push_back(poll.readings.size());
  }
  const SeriesTable::Judged judged = series_.judge(series, value, quality, measured, received);
  core::Reading& reading = poll.readings.emplace_back();
  reading.series = series;
  reading.device = poll.device;
  reading.channel = channel;
  reading.quality = judged.quality;
  reading.stale = judged.stale;
  reading.measured = measured;
  reading.value = value.kind() == core::Value::Kind::text ? core::Value::text(keep(value.as_text())) : judged.value;
  reading.received = poll.received;
  return judged.fault;
}

core::Channel Collector::declare(core::DeviceRef ref, const core::ChannelSpec& channel) {
  if (core::index(ref) >= devices_.size()) return kNoChannel;
  Device& device = devices_[core::index(ref)];
  const auto known = std::find(device.learned.begin(), device.learned.end(), channel.name);
  if (known != device.learned.end()) {
    return static_cast<core::Channel>(device.fixed + static_cast<std::size_t>(known - device.learned.begin()));
  }
  if (device.series.size() >= kMostChannels || !core::mistake_in(channel).empty()) return kNoChannel;
  device.series.push_back(series_.add(device.setup->device, channel, device.setup->calibration));
  device.learned.push_back(channel.name);
  return static_cast<core::Channel>(device.series.size() - 1);
}

void Collector::hand_over(core::PollSink& sink) {
  for (const std::size_t index : touched_) hand_over(devices_[index], sink);
  touched_.clear();
  texts_used_ = 0;
}

void Collector::hand_over(Device& device, core::PollSink& sink) {
  core::Poll& poll = device.poll;
  if (device.starts.empty()) {
    sink.poll(poll);
  } else {
    part_.device = poll.device;
    part_.received = poll.received;
    device.starts.push_back(poll.readings.size());
    auto from = poll.readings.begin();
    for (const std::size_t end : device.starts) {
      const auto to = poll.readings.begin() + static_cast<std::ptrdiff_t>(end);
      part_.readings.assign(from, to);
      sink.poll(part_);
      from = to;
    }
    device.starts.clear();
  }
  poll.readings.clear();
}

std::string_view Collector::keep(std::string_view text) {
  if (texts_used_ == texts_.size()) texts_.push_back(std::make_unique<std::string>());
  std::string& kept = *texts_[texts_used_++];
  if (core::is_utf8(text)) return kept.assign(text);
  return kept = core::clean_utf8(text, text.size());
}

}  // namespace afferent::acquire
