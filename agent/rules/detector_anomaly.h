// Streaming detection on any numeric channel: learns level, scale, sampling interval and the rhythm of workdays and
// weekends, and says of each reading how much it stands out. One pass, no look-ahead, no range known beforehand.
//
// Nine simple features, each made the rank of its own past (detector_rank.h), so that one threshold fits all streams:
// how far outside the usual band of that time of day (in the channel's unit, lasting over some readings, lasting and in
// usual spreads), how far below the usual in spreads, a lasting deviation of either sign, how far beyond the record (at
// once, over some readings, over many), and the step from the last reading. Their mean is the strength. Value type;
// under 9 kB, no allocation, a few microseconds a reading.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "agent/rules/detector_rank.h"
#include "agent/rules/detector_rhythm.h"
#include "agent/rules/detector_time.h"

namespace afferent::rules {

class AnomalyDetector {
 public:
  AnomalyDetector();

  // The strength of what is reported now: 0 for nothing, or for what is not stronger than what was reported within the
  // last twelve hours. 5 is what a stream that is read every five minutes shows some times a month without anything
  // being wrong; faster ones show more (detector_alarms.h). `value` is finite. A reading that is not later than the
  // last one is passed over.
  double step(const Moment& at, double value);
  double strength() const { return strength_; }          // of the last reading, reported or not
  double age() const { return age_; }                    // s of readings seen
  double interval() const { return interval_.usual(); }  // s between two readings

  void save(double boot, Packer& to) const;
  // `shift` is what turns an age at the save into one now; nothing when that is not known.
  bool restore(Unpacker& from, double boot, std::optional<double> shift);

 private:
  enum Feature : std::uint8_t {
    outside,
    outside_lasting,
    outside_spreads,
    below,
    lasting,
    record,
    record_some,
    record_many,
    step_size,
    kFeatures
  };
  using Magnitudes = std::array<double, kFeatures>;

  Magnitudes magnitudes(const Moment& at, double value, double samples_per_day);
  void compare_with_records(double value, Magnitudes& found);
  double most_learned(double expected, double spread) const;
  template <class Self, class Each>
  static void each_mean(Self& self, Each each);

  Interval interval_;
  Rhythm rhythm_;
  std::array<RankHistogram, kFeatures> ranks_;
  RunningMean residual_;          // |residual|, three days
  RunningMean outside_recent_;    // six readings
  RunningMean deviation_recent_;  // in spreads, 24 readings
  RunningMean spreads_recent_;    // outside the band, in spreads, six readings
  // The largest and smallest so far of the value and of its means over six and 24 readings.
  struct Record {
    double low = 0.0;
    double high = 0.0;
    double range() const { return high - low; }
    double beyond(double value) const { return std::max({0.0, value - high, low - value}); }
    // Not far beyond: one wild reading is not the record from then on.
    double tame(double value) const { return std::clamp(value, low - 2 * range(), high + 2 * range()); }
    void take(double value, bool first) {
      low = first ? value : std::min(low, value);
      high = first ? value : std::max(high, value);
    }
  };
  std::array<Record, 3> records_;
  RunningMean some_;
  RunningMean many_;
  double last_value_ = 0.0;
  double age_ = 0.0;  // s of readings seen
  bool begun_ = false;
  double strength_ = 0.0;
  Refractory refractory_;
};

}  // namespace afferent::rules
