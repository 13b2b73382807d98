#include "agent/acquire/series.h"

#include <cmath>

namespace afferent::acquire {
namespace {

// A source's clock that ran ahead and was set right must not make all that follows stale.
constexpr core::Micros kBelievableLead = std::chrono::hours(24);

bool believable(core::Micros measured, const core::Stamp& received) {
  return received.clock == core::ClockState::unsynced || measured <= received.utc + kBelievableLead;
}

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
    const double number = value.as_number() * entry.scale + entry.offset;
    judged.value = core::Value::number(number);
    if (!std::isfinite(number)) {
      judged = {core::Value::number(0.0), core::Quality::bad, false, "value is not a finite number"};
    } else if (number < entry.minimum || number > entry.maximum) {
      judged.quality = core::Quality::bad;
    }
  }
  if (measured) {
    judged.stale = *measured < entry.last_measured;
    if (!judged.stale && believable(*measured, received)) entry.last_measured = *measured;
  }
  return judged;
}

}  // namespace afferent::acquire
