// Streaming detection of water that runs and does not rest: the smallest use of any hour over the last 48 and the last
// 24 hours (a leak) and over the last 3 (a burst), each against how often such an episode has come before. Value type;
// under 3 kB.
#pragma once

#include <array>
#include <cstdint>

#include "agent/rules/detector_grid.h"
#include "agent/rules/detector_peaks.h"
#include "agent/rules/detector_time.h"

namespace afferent::rules {

class LeakDetector {
 public:
  // `least` is the smallest use that counts, in the channel's unit; 0: learned, as what is more than one step of the
  // counter and more than a hundredth of the usual use; of that alone until the steps are known.
  explicit LeakDetector(double least) : given_(least) {}

  // How rare what grows now is, as -log10 of such episodes in a day: 2 is one in a hundred days. 0 for nothing new.
  // `value` is finite; a reading that is not later than the last one is passed over.
  double step(const Moment& at, double value);
  double flow() const { return flow_; }      // the least use of an hour since it last rested, or of the last 48
  bool resting() const { return resting_; }  // the last hour used less than what counts
  double age() const { return age_; }        // s of readings seen

  void save(double boot, Packer& to) const;
  bool restore(Unpacker& from, double boot, std::optional<double> shift);

 private:
  static constexpr std::size_t kHours = 48;  // the longest that is looked at
  static constexpr std::size_t kSpans = 3;

  void learn(double use);
  double judge(const Moment& at);
  double least_of(std::size_t hours) const;
  double least_since_rest(double floor) const;

  double least() const;

  double given_;
  double flow_ = 0.0;
  bool resting_ = true;
  RunningMean use_;  // of the hours that used something
  Interval interval_;
  Grid grid_;
  std::array<Peaks, kSpans> peaks_;
  std::array<double, kHours> hours_{};  // ring of known hours
  std::uint32_t known_ = 0;
  std::uint32_t next_ = 0;
  double age_ = 0.0;       // s
  double sum_ = 0.0;       // of the hour that is being gathered
  double gathered_ = 0.0;  // s of it
  double missing_ = 0.0;   // s without a measured value
};

}  // namespace afferent::rules
