// How rarely a device that does not answer is asked. Value type; times are boot time.
#pragma once

#include <optional>

#include "agent/core/time.h"

namespace afferent::acquire {

class Quarantine {
 public:
  // One more turn in vain. The wait doubles from max(poll, 1 s) up to 5 min, or the poll interval where that is longer.
  void extend(core::Nanos now, core::Nanos poll);
  void postpone(core::Nanos now) { until_ = now + wait_; }  // the attempt could not be made: same wait again
  void lift() { wait_ = core::Nanos::zero(); }

  bool active() const { return wait_ > core::Nanos::zero(); }
  core::Nanos until() const { return until_; }  // when the next attempt is due; while active

 private:
  core::Nanos wait_{};
  core::Nanos until_{};
};

}  // namespace afferent::acquire
