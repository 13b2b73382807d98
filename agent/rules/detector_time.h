// What detectors know of time: the moment of a reading, the sampling interval that they learn, running means and the
// quiet time after something was reported. Value types, no allocation.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>

#include "agent/core/time.h"
#include "agent/core/zone.h"

namespace afferent::rules {

inline constexpr double kDay = 86'400.0;  // s

struct Moment {
  double boot = 0.0;               // s; durations
  std::optional<double> calendar;  // s since 1970-01-01 in civil time; nothing while the clock is not right

  static Moment of(const core::Stamp& at, const std::optional<core::LocalTime>& local) {
    Moment moment{seconds(at.boot), std::nullopt};
    if (local) moment.calendar = static_cast<double>(local->day) * kDay + local->second;
    return moment;
  }
  static double seconds(core::Nanos time) { return std::chrono::duration<double>(time).count(); }
};

// The usual time between two readings: follows the median, so that single gaps do not matter.
class Interval {
 public:
  // Returns the time since the last reading, nothing for the first one.
  std::optional<double> step(double boot) {
    std::optional<double> since;
    if (last_) since = boot - *last_;
    last_ = boot;
    if (since && *since > 0 && *since < 2 * kDay) {
      usual_ = usual_ == 0.0 ? *since : usual_ * std::exp(kRate * ((*since > usual_) - (*since < usual_)));
    }
    return since;
  }
  double usual() const { return usual_ > 0 ? usual_ : 300.0; }
  std::optional<double> last() const { return last_; }
  void resume(double usual, std::optional<double> last) { usual_ = usual, last_ = last; }
  double learned() const { return usual_; }

 private:
  static constexpr double kRate = 0.02;
  double usual_ = 0.0;
  std::optional<double> last_;
};

// A mean of the first values, then one that forgets with a length of `samples`.
struct RunningMean {
  double mean = 0.0;
  std::uint32_t count = 0;
  double add(double value, double samples) {
    if (count < 1'000'000) ++count;
    mean += (value - mean) / std::min(static_cast<double>(count), std::max(1.0, samples));
    return mean;
  }
};

// Reports a thing once: until the quiet time after a report is over, only what is `factor` times stronger than all
// reports since is reported too.
class Refractory {
 public:
  Refractory(double quiet, double factor) : quiet_(quiet), factor_(factor) {}
  double pass(double boot, double strength) {
    const bool over = boot - since_ > quiet_;
    if (!over && !(strength > peak_ * factor_)) return 0.0;
    if (over) since_ = boot;
    peak_ = strength;
    return strength;
  }
  double peak() const { return peak_; }
  double since() const { return since_; }
  void resume(double peak, double since) { peak_ = peak, since_ = since; }

 private:
  double quiet_;
  double factor_;
  double peak_ = 0.0;
  double since_ = -1e18;
};

}  // namespace afferent::rules
