// Deadlines in boot time and how they grow after failures. Value types.
#pragma once

#include <algorithm>

#include "agent/core/time.h"

namespace afferent::uplink {

inline constexpr core::Nanos kNever = core::Nanos::max();

// Doubles from `first` to `last` with each failure.
class GrowingPause {
 public:
  GrowingPause(core::Nanos first, core::Nanos last) : first_(first), last_(std::max(first, last)) {}

  core::Nanos next() {
    delay_ = delay_ == core::Nanos::zero() ? first_ : std::min(delay_ * 2, last_);
    return delay_;
  }
  void reset() { delay_ = core::Nanos::zero(); }

 private:
  core::Nanos first_;
  core::Nanos last_;
  core::Nanos delay_{};
};

}  // namespace afferent::uplink
