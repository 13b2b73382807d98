// Where time comes from. Nothing outside io asks the system; tests and the fault build put their own clock here.
#pragma once

#include <cstdint>
#include <functional>

#include "agent/core/time.h"

namespace afferent::core {

class Clock {  // thread-safe
 public:
  virtual ~Clock() = default;
  virtual Stamp now() const = 0;
  virtual std::uint64_t boot() const = 0;  // identifies this boot of the machine; never 0
};

// One-shot timers on the loop. Loop-bound. A handle that was fired or cancelled is harmless to cancel again.
class Timers {
 public:
  using Handle = std::uint64_t;  // 0 is no timer
  virtual ~Timers() = default;
  virtual Handle at(Nanos boot, std::function<void()> call) = 0;
  virtual void cancel(Handle timer) = 0;
};

}  // namespace afferent::core
