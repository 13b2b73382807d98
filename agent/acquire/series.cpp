#include "agent/acquire/series.h"

#include <cmath>

namespace afferent::acquire {
namespace {

// A source's clock that ran ahead and was set right must not make all that follows stale.
constexpr core::Micros kBelievableLead = std::chrono::minutes(5);
constexpr core::Nanos kLongestDoubt = std::chrono::hours(1);  // without a clock to compare with

bool ahead(core::Micros measured, const core::Stamp& now) { return measured > now.utc + kBelievableLead; }

}  // namespace

core::Series SeriesTable::add(core::DeviceId device, const core::ChannelSpec& channel,
                              std::span<const core::Calibration> calibration) {
  Entry entry;
  entry.minimum = channel.minimum;
  entry.maximum = channel.maximum;
  entry.kind = core::kind_of(channel.quantity);
  for (const core::Calibration& own : calibration) {
    if (own.channel != channel.name) continue;
    entry.scale = own.scale;
    entry.offset = own.offset;
  }
  const auto series = static_cast<core::Series>(entries_.size());
  entries_.push_back(entry);
  sink_.series_added(series, device, channel);
  return series;
}

SeriesTable::Judged SeriesTable::judge(core::Series series, core::Value value, core::Quality quality,
                                       const std::optional<core::Micros>& measured, const core::Stamp& received) {
  Entry& entry = entries_[core::index(series)];
  Judged judged{value, quality, false, {}};
  if (entry.kind == core::Value::Kind::number) {
    const double said = value.as_number();
    const double number = said * entry.scale + entry.offset;
    judged.value = core::Value::number(number);
    if (!std::isfinite(number)) {
      judged = {core::Value::number(0.0), core::Quality::bad, false, "value is not a finite number"};
    } else if (said < entry.minimum || said > entry.maximum) {
      judged.quality = core::Quality::bad;
    }
  }
  if (measured) judged.stale = is_stale(entry, *measured, received);
  return judged;
}

bool SeriesTable::is_stale(Entry& entry, core::Micros measured, const core::Stamp& received) {
  const bool earlier = measured < entry.last_measured;
  bool set_right = false;  // earlier, but because the source's clock was put back
  if (earlier && received.clock == core::ClockState::unsynced) {
    if (entry.stale_since == core::Nanos::max()) entry.stale_since = received.boot;
    set_right = received.boot - entry.stale_since >= kLongestDoubt;
  } else if (earlier) {
    set_right = ahead(entry.last_measured, received) && !ahead(measured, received);
  }
  if (earlier && !set_right) return true;
  entry.last_measured = measured;
  entry.stale_since = core::Nanos::max();
  return false;
}

}  // namespace afferent::acquire
