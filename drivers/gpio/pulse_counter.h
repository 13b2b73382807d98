// Counts the pulses of one line from its edges, also those that the kernel had to drop, and how fast they come. Value
// type, no I/O.
#pragma once

#include <cstdint>
#include <optional>

#include "agent/core/time.h"
#include "drivers/gpio/settings.h"

namespace afferent::drivers::gpio {

class PulseCounter {
 public:
  PulseCounter(Counted counted, core::Nanos zero_after) : counted_(counted), zero_after_(zero_after) {}

  // `number`: the kernel's of this edge on its line. Edges alternate and are numbered without a hole, so what a hole
  // stands for is known exactly: it is counted, and counted as lost.
  void edge(bool rising, std::uint64_t number, core::Nanos at);
  void line_closed();
  void line_opened();  // requested anew: numbers begin again, at 1

  std::uint64_t total() const { return total_; }
  std::uint64_t lost() const { return lost_; }
  void set(std::uint64_t total, std::uint64_t lost);

  // Pulses a second since the last call, from the times of the first and the last pulse; without a new pulse the rate
  // falls with the time that has passed, and is 0 after `zero_after`. Nothing before it can be known.
  std::optional<double> rate(core::Nanos now);

 private:
  bool counts(bool rising) const { return counted_ == Counted::both || (counted_ == Counted::rising) == rising; }

  const Counted counted_;
  const core::Nanos zero_after_;
  std::uint64_t total_ = 0;
  std::uint64_t lost_ = 0;
  std::optional<std::uint32_t> last_number_;
  bool anew_ = false;  // no edge came since the line was opened

  std::optional<core::Nanos> last_pulse_;   // boot time
  std::optional<core::Nanos> began_;        // last pulse before the last call of rate(), or the first after a pause
  std::optional<core::Nanos> asked_first_;  // when rate() was first called
  std::uint64_t since_ = 0;                 // pulses after `began_`
  std::optional<double> rate_;
};

}  // namespace afferent::drivers::gpio
