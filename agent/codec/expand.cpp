#include "agent/codec/expand.h"

#include <map>
#include <vector>

#include "agent/codec/channel_numbers.h"
#include "agent/codec/column.h"
#include "agent/codec/decimal.h"

namespace afferent::codec {
namespace {

using core::Error;
using core::ErrorCode;
using core::Result;

Error broken(const std::string& why) { return {ErrorCode::bad_input, "telemetry batch: " + why}; }

// Poll times per device, boot time in ms.
Result<std::vector<std::vector<std::uint64_t>>> poll_times(const v1::TelemetryBatch& batch) {
  std::vector<std::vector<std::uint64_t>> times;
  if (batch.polls_size() != batch.device_size()) return broken("polls and devices differ in number");
  int next = 0;
  for (const std::uint32_t polls : batch.polls()) {
    if (polls > static_cast<std::uint32_t>(batch.poll_dt_size() - next)) return broken("poll times are missing");
    auto& own = times.emplace_back();
    std::int64_t at = static_cast<std::int64_t>(batch.base_ms());
    std::int64_t step = 0;
    for (std::uint32_t i = 0; i < polls; ++i) {
      step = i < 2 ? batch.poll_dt(next) : step + batch.poll_dt(next);
      ++next;
      at += step;
      own.push_back(static_cast<std::uint64_t>(at));
    }
  }
  return times;
}

// One that a later version knows is its number: the others are as good as before.
Result<std::string> name_of_channel(const v1::TelemetryBatch& batch, std::uint32_t channel) {
  if (channel < kFirstNamedChannel) {
    const std::string_view name = channel_name(channel);
    return name.empty() ? std::to_string(channel) : std::string(name);
  }
  const std::uint32_t index = channel - kFirstNamedChannel;
  if (index >= static_cast<std::uint32_t>(batch.name_size())) return broken("channel name is missing");
  return batch.name(static_cast<int>(index));
}

Result<void> take_value(const v1::TelemetryBatch& batch, int exponent, std::int64_t whole, ExpandedReading& reading) {
  reading.is_text = exponent == kTextExponent;
  if (exponent == kTextExponent) {
    if (whole < 0 || whole >= batch.text_size()) return broken("text is missing");
    reading.text = batch.text(static_cast<int>(whole));
  } else if (exponent == kRealExponent) {
    if (whole < 0 || whole >= batch.real_size()) return broken("real is missing");
    reading.number = batch.real(static_cast<int>(whole));
  } else if (exponent < kFinestExponent || exponent > -kFinestExponent) {
    return broken("exponent " + std::to_string(exponent));
  } else {
    reading.number = from_decimal(whole, exponent);
  }
  return {};
}

// By index into `value`. The differences of a damaged batch may wrap.
std::map<std::uint64_t, std::int64_t> measured_times(const v1::TelemetryBatch& batch) {
  std::map<std::uint64_t, std::int64_t> times;
  std::uint64_t index = 0;
  std::uint64_t at = 0;
  for (int i = 0; i + 1 < batch.measured_size(); i += 2) {
    index += static_cast<std::uint64_t>(batch.measured(i));
    at += static_cast<std::uint64_t>(batch.measured(i + 1));
    times[index] = static_cast<std::int64_t>(at);
  }
  return times;
}

}  // namespace

Result<void> expand(const v1::TelemetryBatch& batch, const std::function<void(const ExpandedReading&)>& each) {
  auto times = poll_times(batch);
  if (!times) return std::move(times).error();
  if (batch.channel_size() != batch.series_size() || batch.exponent_size() != batch.series_size()) {
    return broken("series, channels and exponents differ in number");
  }
  std::map<std::uint32_t, std::uint32_t> exceptions;
  for (int i = 0; i + 1 < batch.exception_size(); i += 2) exceptions[batch.exception(i)] = batch.exception(i + 1);
  const std::map<std::uint64_t, std::int64_t> measured = measured_times(batch);
  int next = 0;
  for (int s = 0; s < batch.series_size(); ++s) {
    if (batch.series(s) >= static_cast<std::uint32_t>(batch.device_size())) return broken("device is missing");
    const auto& polls = times.value()[batch.series(s)];
    auto name = name_of_channel(batch, batch.channel(s));
    if (!name) return std::move(name).error();
    if (polls.size() > static_cast<std::size_t>(batch.value_size() - next)) return broken("values are missing");
    ExpandedReading reading;
    reading.device = batch.device(static_cast<int>(batch.series(s)));
    reading.channel = name.value();
    std::uint64_t whole = 0;  // wraps like the differences may
    for (const std::uint64_t at : polls) {
      const auto exception = exceptions.find(static_cast<std::uint32_t>(next));
      const auto source_time = measured.find(static_cast<std::uint64_t>(next));
      whole += static_cast<std::uint64_t>(batch.value(next++));
      if (exception != exceptions.end() && exception->second == kAbsent) continue;
      reading.boot_ms = at;
      reading.quality = exception == exceptions.end() ? v1::QUALITY_GOOD : static_cast<v1::Quality>(exception->second);
      reading.measured_ms.reset();
      if (source_time != measured.end()) reading.measured_ms = source_time->second;
      if (auto taken = take_value(batch, batch.exponent(s), static_cast<std::int64_t>(whole), reading); !taken)
        return taken;
      each(reading);
    }
  }
  return {};
}

}  // namespace afferent::codec
