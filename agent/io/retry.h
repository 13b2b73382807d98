// When to try again, and what to say about it. Loop-bound.
#pragma once

#include <string>
#include <string_view>

#include "agent/core/log.h"
#include "agent/core/random.h"
#include "agent/core/time.h"

namespace afferent::io {

// Doubles from `first` to `most` with each failure; what was good for `kLasted` begins anew.
class Backoff {
 public:
  static constexpr core::Nanos kLasted = std::chrono::seconds(5);

  // With `jitter` a pause is a random one of 50 to 100 %, so that a street's gateways do not all come back at once.
  Backoff(core::Nanos first, core::Nanos most, core::Random* jitter = nullptr)
      : first_(first), most_(most), next_(first), jitter_(jitter) {}

  void opened(core::Nanos at) { opened_ = at; }
  void closed(core::Nanos at) {
    if (at - opened_ >= kLasted) next_ = first_;
  }
  core::Nanos next();

 private:
  const core::Nanos first_;
  const core::Nanos most_;
  core::Nanos next_;
  core::Nanos opened_{};
  core::Random* const jitter_;
};

// Tells the log of a trouble once, until its reason changes or it is over.
class Reporter {
 public:
  Reporter(core::Log& log, std::string part) : log_(log), part_(std::move(part)) {}

  void failed(std::string_view why);
  void good(std::string_view what);
  void note(std::string_view what) { log_.info(part_, what); }
  const std::string& trouble() const { return trouble_; }  // empty: none

 private:
  core::Log& log_;
  const std::string part_;
  std::string trouble_;
};

}  // namespace afferent::io
