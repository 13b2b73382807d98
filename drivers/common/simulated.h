// The simulator's side of a driver: a device that answers on a line. Each driver folder with a wire protocol provides
// one
// (`simulated.{h,cpp}`); like a driver it does no I/O. Loop-bound.
#pragma once

#include <map>
#include <string>

#include "agent/core/bytes.h"

namespace afferent::drivers {

// True physical values by channel name, in the channel's unit; a text channel by `texts`.
struct Truth {
  std::map<std::string, double, std::less<>> numbers;
  std::map<std::string, std::string, std::less<>> texts;
};

class SimulatedDevice {
 public:
  virtual ~SimulatedDevice() = default;
  // `request` is what a master sent between two silences. The whole answer, or nothing when it is not for this device.
  // `served` receives the values as the answer's resolution carries them (rounded to its digits), by channel name.
  virtual core::Bytes answer(core::ByteView request, const Truth& now, Truth& served) = 0;
};

}  // namespace afferent::drivers
