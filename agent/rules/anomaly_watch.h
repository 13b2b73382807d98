// When what a detector reports is an alert and when it is over; the same for all kinds with a detector. Value type.
#pragma once

#include "agent/core/time.h"
#include "agent/rules/kind.h"

namespace afferent::rules {

class Watch {
 public:
  struct Times {
    core::Nanos hold{};        // so long it must last
    core::Nanos clear_hold{};  // so long it must be over
  };
  // `starts`: the detector reports it now; `lasts`: it is still there. Boot time.
  Finding::State step(core::Nanos now, bool starts, bool lasts, const Times& times) {
    if (state_ == Finding::State::calm && starts) {
      state_ = Finding::State::pending;
      since_ = now;
    }
    if (state_ == Finding::State::pending && !starts && !lasts) state_ = Finding::State::calm;
    if (state_ == Finding::State::pending && now - since_ >= times.hold) {
      state_ = Finding::State::alert;
      last_ = now;
    }
    if (state_ != Finding::State::alert) return state_;
    if (starts || lasts) {
      last_ = now;
    } else if (now - last_ >= times.clear_hold) {
      state_ = Finding::State::calm;
    }
    return state_;
  }
  // The alert was there before a restart; what it says then is new to nobody.
  void resume(core::Nanos now) {
    state_ = Finding::State::alert;
    last_ = now;
  }
  Finding::State state() const { return state_; }

 private:
  Finding::State state_ = Finding::State::calm;
  core::Nanos since_{};
  core::Nanos last_{};
};

}  // namespace afferent::rules
