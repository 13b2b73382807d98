// One value that the street said, on its way from a device session to rules and codec. Trivially copyable; a text value
// is borrowed for the call.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/channel.h"
#include "agent/core/device.h"
#include "agent/core/time.h"
#include "agent/core/value.h"

namespace afferent::core {

// Index of a (device, channel) pair over the whole agent: dense, from 0. Rules and codec are bound to it at start, so
// that nothing is looked up by name per reading.
enum class Series : std::uint32_t {};
inline constexpr std::size_t index(Series series) { return static_cast<std::size_t>(series); }

struct Reading {
  Series series{};
  DeviceId device{};
  Channel channel{};
  Quality quality = Quality::good;
  bool stale = false;              // measured before this channel's last reading: only windows and totals may use it
  std::optional<Micros> measured;  // the source's own clock, UTC
  Value value;
  Stamp received;  // the same for all readings of one poll
};

// Readings of one device that belong together, in one call: a poll, a telegram, a push.
struct Poll {
  DeviceId device{};
  Stamp received;
  std::vector<Reading> readings;
};

// What receives polls: rules and codec stand behind it. Loop-bound.
class PollSink {
 public:
  virtual ~PollSink() = default;
  // Called once, when a series comes to exist: at start for a driver's fixed channels, later for those it learns from
  // the wire. Series numbers come in order.
  virtual void series_added(Series series, DeviceId device, const ChannelSpec& channel) = 0;
  virtual void poll(const Poll& poll) = 0;
};

}  // namespace afferent::core
