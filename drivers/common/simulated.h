// The simulator's side of a driver: a device that answers on a line. Each driver folder with a wire protocol provides
// one
// (`simulated.{h,cpp}`); like a driver it does no I/O. Loop-bound.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>

#include "agent/core/bytes.h"
#include "agent/core/channel.h"
#include "agent/core/time.h"

namespace afferent::drivers {

// True physical values by channel name, in the channel's unit; a text channel by `texts`.
struct Truth {
  std::map<std::string, double, std::less<>> numbers;
  std::map<std::string, std::string, std::less<>> texts;
};

struct Occasion {
  std::uint64_t number = 0;  // of the push, from 0
  core::Micros utc{};
};

class SimulatedDevice {
 public:
  virtual ~SimulatedDevice() = default;
  // `request` is what a master sent between two silences. The whole answer, or nothing when it is not for this device.
  // `served` receives the values as the answer's resolution carries them (rounded to its digits), by channel name.
  virtual core::Bytes answer(core::ByteView request, const Truth& now, Truth& served) = 0;

  // What it says by itself when a connection is made, and now and then; nothing when it is one that only answers.
  virtual core::Bytes greeting() { return {}; }
  virtual core::Bytes push(const Occasion& /*occasion*/, const Truth& /*now*/, Truth& /*served*/) { return {}; }

  // The channels that it can show beside the fixed ones of its driver, which may learn them from the wire only.
  virtual std::span<const core::ChannelSpec> channels() const { return {}; }
};

}  // namespace afferent::drivers
