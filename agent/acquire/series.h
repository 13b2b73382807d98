// The agent's series: one dense number for each channel of each device, with what is needed to judge a value of it.
// Loop-bound. Nothing here is looked up by name after a series came to exist.
#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "agent/core/channel.h"
#include "agent/core/device.h"
#include "agent/core/reading.h"

namespace afferent::acquire {

class SeriesTable {
 public:
  struct Judged {
    core::Value value;
    core::Quality quality = core::Quality::good;
    bool stale = false;
    std::string_view fault;  // why the driver's word was not taken as it is; empty: it was
  };

  // `sink` is told of each series.
  explicit SeriesTable(core::PollSink& sink) : sink_(sink) {}

  core::Series add(core::DeviceId device, const core::ChannelSpec& channel,
                   std::span<const core::Calibration> calibration);
  std::size_t size() const { return entries_.size(); }
  core::Value::Kind kind(core::Series series) const { return entries_[core::index(series)].kind; }

  // The valid range, which is the sensor's own; calibration; then the order of the source's own times.
  Judged judge(core::Series series, core::Value value, core::Quality quality,
               const std::optional<core::Micros>& measured, const core::Stamp& received);

 private:
  struct Entry {
    double scale = 1.0;
    double offset = 0.0;
    double minimum = -std::numeric_limits<double>::infinity();
    double maximum = std::numeric_limits<double>::infinity();
    core::Micros last_measured = core::Micros::min();
    core::Nanos stale_since = core::Nanos::max();  // boot time, while the gateway's clock was never right
    core::Value::Kind kind = core::Value::Kind::number;
  };

  // Updates what it compares with.
  static bool is_stale(Entry& entry, core::Micros measured, const core::Stamp& received);

  core::PollSink& sink_;
  std::vector<Entry> entries_;
};

}  // namespace afferent::acquire
