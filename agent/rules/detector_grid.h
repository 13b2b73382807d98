// Tells measured values from filled ones: a counter moves in steps (1 litre, 10 litres), and a value between the steps
// is an average that somebody put into a gap of the data. Value type; 120 bytes, no allocation.
#pragma once

#include <array>

#include "agent/rules/detector_bytes.h"

namespace afferent::rules {

class Grid {
 public:
  // Whether `value` was measured. A stream without steps, or one that leaves them for long, is believed.
  bool step(double value);
  double size() const { return size_; }  // of a step; 0 until it is known, or when there is none

  void save(Packer& to) const;
  bool restore(Unpacker& from);

 private:
  static constexpr int kSmallest = -6;  // powers of ten
  static constexpr std::size_t kSteps = 10;
  static double step_size(std::size_t i);
  std::array<double, kSteps> on_{};  // how many of the recent values were multiples of the step
  double seen_ = 0.0;
  double filled_ = 0.0;  // in a row
  double size_ = 0.0;
};

}  // namespace afferent::rules
