// How much was used within a sliding time, at most, from a meter's totals: exact however irregularly they come, since a
// total tells of the time between two readings too. Value type; boot times.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "agent/core/time.h"
#include "agent/rules/kind.h"
#include "agent/rules/packing.h"

namespace afferent::rules {

class UseWindow {
 public:
  explicit UseWindow(core::Nanos length) : length_(length) {}

  // `use` since the reading before.
  void add(core::Nanos at, double use);
  void clear();
  // Use since the last reading that is at least a window old: never less than that within the window. Nothing while
  // there is none.
  std::optional<double> most() const;
  double known() const { return marks_.empty() ? 0.0 : sum_ - marks_.front().sum; }  // since the oldest reading
  core::Nanos since() const { return marks_.empty() ? core::Nanos::zero() : marks_.front().at; }

  void save(core::Nanos now, Packer& to) const;
  bool restore(Unpacker& from, const Elapsed& elapsed);  // empty where the elapsed time is unknown

 private:
  static constexpr std::size_t kMost = 50;
  struct Mark {
    core::Nanos at{};
    double sum = 0.0;  // of use up to here
  };

  core::Nanos length_;
  std::vector<Mark> marks_;  // oldest first; only the first may be older than a window
  core::Nanos last_{};
  double sum_ = 0.0;
};

}  // namespace afferent::rules
