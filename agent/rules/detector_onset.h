// Streaming detection of water that rises and stays up: the lowest level of the last seven and a half hours against the
// upper levels of the day and a half before them. A spike, a wave or a sensor in the sun rises too, but comes down
// within hours. Value type; 1.4 kB, no allocation.
#pragma once

#include <array>
#include <cstdint>

#include "agent/rules/detector_bytes.h"
#include "agent/rules/detector_time.h"

namespace afferent::rules {

class OnsetDetector {
 public:
  OnsetDetector();

  // What rose, in the channel's unit: 0 for nothing, or for what is not 30 % more than what was reported within the
  // last three days. `value` is finite; a reading that is not later than the last one is passed over.
  double step(const Moment& at, double value);
  double rise() const { return rise_; }  // now, reported or not

  void save(double boot, Packer& to) const;
  bool restore(Unpacker& from, double boot, std::optional<double> shift);

 private:
  static constexpr std::size_t kLasting = 15;  // blocks of half an hour
  static constexpr std::size_t kBefore = 72;
  static constexpr std::size_t kBlocks = kLasting + kBefore;

  double close();

  Interval interval_;
  std::array<float, kBlocks> lows_{};  // ring, of complete blocks
  std::array<float, kBlocks> means_{};
  std::uint32_t known_ = 0;
  std::uint32_t next_ = 0;
  double low_ = 0.0;  // of the block that is being gathered
  double sum_ = 0.0;
  double gathered_ = 0.0;  // s
  double rise_ = 0.0;
  Refractory refractory_;
};

}  // namespace afferent::rules
