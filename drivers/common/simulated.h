// The simulator's side of a driver: a device that answers on a line, or speaks by itself. Each driver folder provides
// one (`simulated.{h,cpp}`); like a driver it does no I/O. Loop-bound.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "agent/core/bytes.h"
#include "agent/core/channel.h"
#include "agent/core/time.h"

namespace afferent::drivers {

// True physical values by channel name, in the channel's unit; a text channel by `texts`.
struct Truth {
  std::map<std::string, double, std::less<>> numbers;
  std::map<std::string, std::string, std::less<>> texts;

  bool empty() const { return numbers.empty() && texts.empty(); }
};

struct Occasion {
  std::uint64_t number = 0;  // of the push, from 0
  core::Micros utc{};
  bool copy = false;  // the same once more, as a second receiver brings it
};

class SimulatedDevice {
 public:
  virtual ~SimulatedDevice() = default;
  // `request` is what a master sent between two silences. The whole answer, or nothing when it is not for this device.
  // `served` receives the values as the answer's resolution carries them (rounded to its digits), by channel name; so
  // does a device that takes what it is told without an answer.
  virtual core::Bytes answer(core::ByteView request, const Truth& now, Truth& served) = 0;

  // What it says by itself when a connection is made, and now and then; nothing when it is one that only answers.
  virtual core::Bytes greeting() { return {}; }
  virtual core::Bytes push(const Occasion& /*occasion*/, const Truth& /*now*/, Truth& /*served*/) { return {}; }

  // What it is called on a line of names, where nobody else may be called so: the topic under which it publishes, the
  // number of its GPIO line, its attribute. Empty on a line of bytes.
  virtual std::string name() const { return {}; }
  // False for a channel of the driver that follows from others, so that the truth cannot be told it.
  virtual bool shows(std::string_view /*channel*/) const { return true; }

  // The channels that it can show beside the fixed ones of its driver, which may learn them from the wire only.
  virtual std::span<const core::ChannelSpec> channels() const { return {}; }
};

}  // namespace afferent::drivers
