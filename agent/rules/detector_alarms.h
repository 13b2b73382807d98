// How many reports of a strength are to be expected in a month when nothing is wrong: what streams show in general,
// more and more replaced by what this stream has shown. Value type; 100 bytes, no allocation.
#pragma once

#include <array>

#include "agent/rules/detector_bytes.h"

namespace afferent::rules {

class AlarmRate {
 public:
  // `interval` is the time between two readings, s: the more readings, the greater the strength that chance reaches.
  // Infinite for what is too weak to be counted.
  double per_month(double strength, double interval) const;
  // So much time has gone by. At an interval that has changed for good other strengths are usual: all is forgotten.
  void watch(double days, double interval);
  void report(double strength);  // one report

  void save(Packer& to) const;
  bool restore(Unpacker& from);

 private:
  static constexpr std::size_t kBins = 20;  // of half a unit, from 2
  std::array<float, kBins> reports_{};
  double days_ = 0.0;
  double interval_ = 0.0;  // s, at which all this was seen; after a restart at which it goes on
  double other_ = 0.0;     // days at another one
};

}  // namespace afferent::rules
