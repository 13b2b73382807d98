#include "agent/rules/detector_grid.h"

#include <algorithm>
#include <cmath>

namespace afferent::rules {
namespace {

constexpr double kForget = 0.99;
constexpr double kShare = 0.8;  // of the values that were not zero: then the step is the counter's
constexpr double kFewest = 10.0;
constexpr double kLongest = 48.0;  // alike values in a row between the steps: the counter has changed
constexpr double kMostOff = 0.05;  // steps: what is off by more is no rounding, however large the value

bool is_multiple(double value, double step) {
  const double count = value / step;
  return std::abs(count - std::round(count)) < std::clamp(1e-6 * std::abs(count), 1e-6, kMostOff);
}

}  // namespace

double Grid::step_size(std::size_t i) { return std::pow(10.0, kSmallest + static_cast<int>(i)); }

void Grid::learn(double value) {
  seen_ = seen_ * kForget + 1.0;
  size_ = 0.0;
  for (std::size_t i = kSteps; i-- > 0;) {
    on_[i] = on_[i] * kForget + (is_multiple(value, step_size(i)) ? 1.0 : 0.0);
    if (size_ == 0.0 && seen_ >= kFewest && on_[i] >= kShare * seen_) size_ = step_size(i);
  }
}

// A repeated value says nothing new of the steps: water that runs evenly would be taken for a coarse counter.
bool Grid::step(double value) {
  if (value == 0.0) return true;
  const bool repeated = value == last_;
  last_ = value;
  if (!repeated) learn(value);
  const bool on = size_ == 0.0 || is_multiple(value, size_);
  const bool varies = !repeated && filled_ > 0.0;
  filled_ = on ? 0.0 : repeated ? std::min(filled_ + 1.0, 2 * kLongest) : 1.0;
  return on || varies || filled_ > kLongest;
}

void Grid::save(Packer& to) const {
  for (const double count : on_) to.put(count);
  to.put(seen_);
  to.put(filled_);
  to.put(size_);
}

bool Grid::restore(Unpacker& from) {
  bool good = true;
  for (double& count : on_) good = get_doubles(from, count) && good;
  return get_doubles(from, seen_, filled_, size_) && good;
}

}  // namespace afferent::rules
