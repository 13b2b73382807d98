#include "agent/app/replay.h"

#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>

#include "agent/app/device_named.h"

namespace afferent::app {
namespace {

using core::Error;
using core::ErrorCode;
using core::Result;

constexpr std::int64_t kEarliest = -2'208'988'800'000'000;  // 1900-01-01, us since 1970-01-01
constexpr std::int64_t kLatest = 253'402'300'799'999'999;   // the end of 9999

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

template <class Number>
std::optional<Number> parsed(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

const std::string* argument(const core::CommandRequest& request, const char* key) {
  const auto found = request.arguments.find(key);
  return found == request.arguments.end() ? nullptr : &found->second;
}

void list(std::string& names, std::string_view name) { names += (names.empty() ? "" : ", ") + std::string(name); }

std::string answer(int replayed) { return "{\"replayed\":" + std::to_string(replayed) + "}"; }

}  // namespace

Replay::Replay(Setup setup, core::PollSink& sink, const core::Clock& clock, core::Log& log)
    : setup_(std::move(setup)), sink_(sink), clock_(clock), log_(log), entries_(setup_.devices.size()) {}

void Replay::series_added(core::Series series, core::DeviceId device, const core::ChannelSpec& channel) {
  // What is never let in needs no names.
  if (!setup_.allowed || core::index(device) >= entries_.size()) return;
  Entry& entry = entries_[core::index(device)].emplace_back();
  entry.series = series;
  entry.channel = channel;
}

Result<Replay::Found> Replay::find(const std::string& device, const std::string& channel) const {
  std::string names;
  const auto id = device_named(setup_.devices, device);
  if (!id) {
    for (const core::DeviceIdentity& other : setup_.devices) list(names, other.id);
    return Error(ErrorCode::not_found, "no device " + quoted(device) + "; there are: " + names);
  }
  const std::vector<Entry>& entries = entries_[core::index(*id)];
  for (std::size_t number = 0; number < entries.size(); ++number) {
    if (entries[number].channel.name == channel) return Found{*id, number};
    list(names, entries[number].channel.name);
  }
  return Error(ErrorCode::not_found, "device " + quoted(device) + " has no channel " + quoted(channel) +
                                         "; it has: " + (names.empty() ? "none yet" : names));
}

Result<void> Replay::fill(core::Reading& reading, const Entry& entry, const core::CommandRequest& request) const {
  const std::string& text = *argument(request, "value");
  const auto number = parsed<double>(text);
  if (!number || !std::isfinite(*number)) {
    return Error(ErrorCode::bad_input, quoted(text) + " is not a finite number");
  }
  if (const std::string* time = argument(request, "measured")) {
    const auto micros = parsed<std::int64_t>(*time);
    if (!micros || *micros < kEarliest || *micros > kLatest) {
      return Error(ErrorCode::bad_input,
                   quoted(*time) + " is not a number of microseconds since 1970, in the years 1900 to 9999");
    }
    reading.measured = core::Micros(*micros);
    reading.stale = *reading.measured < entry.last_measured;
  }
  const bool outside = *number < entry.channel.minimum || *number > entry.channel.maximum;
  reading.quality = outside ? core::Quality::bad : core::Quality::good;
  reading.value = core::kind_of(entry.channel.quantity) == core::Value::Kind::boolean
                      ? core::Value::boolean(*number != 0.0)
                      : core::Value::number(*number);
  return {};
}

void Replay::begin(const Found& found) {
  Entry& entry = entries_[core::index(found.device)][found.channel];
  entry.begun = true;
  entry.last_measured = core::Micros::min();  // the same day may come twice
  log_.warning("replay", "recorded readings are let in for channel " + quoted(entry.channel.name) + " of device " +
                             quoted(setup_.devices[core::index(found.device)].id));
}

Result<std::string> Replay::handle(const core::CommandRequest& request) {
  if (!setup_.allowed) {
    return Error(ErrorCode::bad_config, "replay is off, nothing was let in; `replay = true` in [node] allows it");
  }
  const std::string* device = argument(request, "device");
  const std::string* channel = argument(request, "channel");
  if (device == nullptr || channel == nullptr) {
    return Error(ErrorCode::bad_input, "replay needs the arguments device and channel");
  }
  const auto found = find(*device, *channel);
  if (!found) return found.error();
  Entry& entry = entries_[core::index(found->device)][found->channel];
  if (core::kind_of(entry.channel.quantity) == core::Value::Kind::text) {
    return Error(ErrorCode::bad_input, "channel " + quoted(*channel) + " holds texts; only numbers can be replayed");
  }
  if (argument(request, "value") == nullptr) {
    begin(*found);
    return answer(0);
  }
  core::Reading reading;
  reading.series = entry.series;
  reading.device = found->device;
  reading.channel = static_cast<core::Channel>(found->channel);
  reading.received = clock_.now();
  if (auto filled = fill(reading, entry, request); !filled) return std::move(filled).error();
  if (setup_.crowded && setup_.crowded()) return answer(0);
  if (!entry.begun) begin(*found);
  if (reading.measured && !reading.stale) entry.last_measured = *reading.measured;
  ++replayed_;
  sink_.poll({reading.device, reading.received, {reading}});
  return answer(1);
}

}  // namespace afferent::app
