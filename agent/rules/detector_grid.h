// Tells measured values from filled ones: a counter moves in steps (1 litre, 10 litres), and a value between the steps
// is an average that somebody put into a gap of the data, the same for the whole gap. Value type; 120 bytes, no
// allocation.
#pragma once

#include <array>

#include "agent/rules/detector_bytes.h"

namespace afferent::rules {

class Grid {
 public:
  // Whether `value` was measured. A stream without steps is believed, and one that leaves them for values that are not
  // all alike, or for long.
  bool step(double value);
  double size() const { return size_; }  // of a step; 0 until it is known, or when there is none

  void save(Packer& to) const;
  bool restore(Unpacker& from);

 private:
  static constexpr int kSmallest = -6;  // powers of ten
  static constexpr std::size_t kSteps = 10;
  static double step_size(std::size_t i);
  void learn(double value);
  std::array<double, kSteps> on_{};  // how many of the recent values were multiples of the step
  double seen_ = 0.0;
  double filled_ = 0.0;  // alike, in a row, between the steps
  double last_ = 0.0;    // that was not zero; not saved, as one value more or less does no harm
  double size_ = 0.0;
};

}  // namespace afferent::rules
