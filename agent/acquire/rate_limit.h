// Lets one message through per interval and counts what it held back. Loop-bound.
#pragma once

#include <cstdint>

#include "agent/core/time.h"

namespace afferent::acquire {

class RateLimit {
 public:
  explicit RateLimit(core::Nanos interval) : interval_(interval) {}

  bool allows(core::Nanos now) {
    if (used_ && now - last_ < interval_) {
      ++held_back_;
      return false;
    }
    used_ = true;
    last_ = now;
    return true;
  }
  // How many were held back since this was last asked.
  std::uint64_t take_held_back() {
    const std::uint64_t count = held_back_;
    held_back_ = 0;
    return count;
  }

 private:
  core::Nanos interval_;
  core::Nanos last_{};
  std::uint64_t held_back_ = 0;
  bool used_ = false;
};

}  // namespace afferent::acquire
