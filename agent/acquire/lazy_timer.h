// A timer whose deadline moves often: moving it later costs nothing, the system's timer is only armed anew when it
// would fire too late. Loop-bound. It may call without cause; whoever uses it looks at the time.
#pragma once

#include <functional>
#include <utility>

#include "agent/core/clock.h"

namespace afferent::acquire {

class LazyTimer {
 public:
  LazyTimer(core::Timers& timers, std::function<void()> call) : timers_(timers), call_(std::move(call)) {}
  ~LazyTimer() { timers_.cancel(handle_); }
  LazyTimer(const LazyTimer&) = delete;
  LazyTimer& operator=(const LazyTimer&) = delete;

  void want(core::Nanos boot) {
    wanted_ = boot;
    waits_ = true;
    if (handle_ != 0 && armed_ <= boot) return;
    timers_.cancel(handle_);
    arm();
  }
  void forget() { waits_ = false; }
  bool waits() const { return waits_; }

 private:
  void arm() {
    armed_ = wanted_;
    handle_ = timers_.at(armed_, [this] { fired(); });
  }
  void fired() {
    handle_ = 0;
    if (!waits_) return;
    if (armed_ < wanted_) return arm();
    waits_ = false;
    call_();
  }

  core::Timers& timers_;
  const std::function<void()> call_;
  core::Timers::Handle handle_ = 0;
  core::Nanos armed_{};
  core::Nanos wanted_{};
  bool waits_ = false;
};

}  // namespace afferent::acquire
