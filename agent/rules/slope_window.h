// How much a value has risen and fallen within a sliding window of time, in constant memory and work. Value type; boot
// times.
//
// The window is kept as the extremes of up to 7 stretches, each a sixth of the window long, with the time of each
// extreme. A jump counts whole as soon as it is seen. What crosses the window's far edge is taken on the straight line
// between two samples, so a slow ramp is measured as it is, and readings that are rarer than the window count with
// their mean slope.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "agent/core/time.h"
#include "agent/rules/kind.h"
#include "agent/rules/packing.h"

namespace afferent::rules {

class SlopeWindow {
 public:
  struct Change {
    double rise = 0.0;  // never negative
    double fall = 0.0;  // never negative
  };

  // What a window measures, the same for all devices of a rule.
  struct Measure {
    Measure(core::Nanos window, double significant, bool rises, bool falls);
    core::Nanos length;
    int shift;           // from nanoseconds to ticks
    double ticks = 0.0;  // of the length
    double grain;        // a change that matters: values are kept to about a millionth of it
    bool rise;           // whether to look for it at all
    bool fall;
  };

  // The change within the window up to this sample. Nothing for a sample that is older than the last one.
  std::optional<Change> add(core::Nanos now, double value, const Measure& measure);

  void save(core::Nanos now, const Measure& measure, Packer& to) const;
  // Empty where the time since then is not known; false for what no window can be.
  bool restore(Unpacker& from, const Elapsed& elapsed, const Measure& measure);

 private:
  static constexpr std::size_t kStretches = 7;
  struct Stretch {  // values relative to base_, times in ticks
    float low;
    float high;
    std::uint32_t low_at;
    std::uint32_t high_at;
  };
  struct Point {  // of the walk from now into the past
    double value;
    double age;  // ticks
  };

  void drop_expired(std::uint32_t now, double length);
  double greatest_rise(std::uint32_t now, double value, const Measure& measure, bool falling) const;
  void insert(std::uint32_t now, double value, const Measure& measure);
  void rebase(double base);
  static std::size_t ring(std::size_t i) { return i < kStretches ? i : i - kStretches; }
  void drop_oldest() { first_ = static_cast<std::uint8_t>(ring(first_ + 1U)), --count_; }
  Stretch& at(std::size_t i) { return stretches_[ring(first_ + i)]; }  // 0: the oldest
  const Stretch& at(std::size_t i) const { return stretches_[ring(first_ + i)]; }

  double base_ = 0.0;
  double last_ = 0.0;
  core::Nanos last_at_{};
  std::array<Stretch, kStretches> stretches_;  // a ring
  std::uint32_t opened_ = 0;                   // when the newest stretch began
  std::uint8_t first_ = 0;
  std::uint8_t count_ = 0;
};

}  // namespace afferent::rules
