#include "agent/rules/detector_grid.h"

#include <cmath>

namespace afferent::rules {
namespace {

constexpr double kForget = 0.999;
constexpr double kShare = 0.8;  // of the values that were not zero: then the step is the counter's
constexpr double kFewest = 20.0;
constexpr double kLongest = 48.0;  // values in a row between the steps: the counter has changed

bool is_multiple(double value, double step) {
  const double count = value / step;
  return std::abs(count - std::round(count)) < 1e-6 * std::max(1.0, std::abs(count));
}

}  // namespace

double Grid::step_size(std::size_t i) { return std::pow(10.0, kSmallest + static_cast<int>(i)); }

bool Grid::step(double value) {
  if (value == 0.0) return true;
  bool measured = true;
  seen_ = seen_ * kForget + 1.0;
  bool coarsest = true;
  for (std::size_t i = kSteps; i-- > 0;) {
    const bool on = is_multiple(value, step_size(i));
    on_[i] = on_[i] * kForget + (on ? 1.0 : 0.0);
    if (!coarsest || on_[i] < kShare * seen_) continue;
    coarsest = false;
    measured = on || seen_ < kFewest;
    size_ = seen_ < kFewest ? 0.0 : step_size(i);
  }
  filled_ = measured ? 0.0 : std::min(filled_ + 1.0, 2 * kLongest);
  return measured || filled_ > kLongest;
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
