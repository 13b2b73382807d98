// How rare a magnitude is in its own past: a histogram of its logarithm, with a power law beyond the record. One
// threshold on the result fits every stream, whatever its unit. Value type; 680 bytes, no allocation.
#pragma once

#include <array>

#include "agent/rules/detector_bytes.h"

namespace afferent::rules {

class RankHistogram {
 public:
  // -log10 of the share of past magnitudes that were at least `value`; 2 is one in a hundred. 0 for nothing, and until
  // twenty were seen. `value` is finite and not negative.
  double rank(double value) const;
  // Beyond `memory` magnitudes the older ones fade, in halves. What lies far beyond the record counts as a record only
  // some octaves greater: one wild reading must not make the usual ones too small to be told apart.
  void add(double value, double memory);

  static constexpr double kMostKept = 4e6;  // floats count exactly so far and much farther

  void save(Packer& to) const;
  bool restore(Unpacker& from);

 private:
  static constexpr int kBins = 160;  // the first is for zero and what lies below the others
  static constexpr double kPerOctave = 6.0;
  static constexpr int kPlace = kBins * 2 / 3;  // of the first magnitude

  double position(double value) const;  // in bins
  int bin(double value) const;
  void make_room(double value);
  void begin_anew(int wanted);

  std::array<float, kBins> counts_{};
  double total_ = 0.0;
  int base_ = 0;
  bool placed_ = false;
};

}  // namespace afferent::rules
