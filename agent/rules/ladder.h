// Hysteresis and hold time for up to N steps of rising severity: the part that keeps a value which chatters around a
// limit from crying wolf. Value type; all times are boot times.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "agent/core/time.h"
#include "agent/rules/compare.h"

namespace afferent::rules {

struct LadderTiming {
  double hysteresis = 0.0;   // how far below its limit a value must fall before a step is left
  core::Nanos hold{};        // how long a limit must be exceeded before its step is entered
  core::Nanos clear_hold{};  // how long a step must be left before it is given up
};

template <std::size_t N>
class Ladder {
 public:
  // `limits` in ascending order, `count` of them; the larger x, the worse.
  void step(const double* limits, std::size_t count, double x, core::Nanos now, const LadderTiming& timing) {
    if (!climb(limits, count, x, now, timing.hold)) descend(limits, x, now, timing);
  }

  std::size_t level() const { return level_; }  // how many steps are entered
  bool waiting() const {                        // a hold time is running
    for (const core::Nanos mark : marks_) {
      if (mark != kNone) return true;
    }
    return false;
  }
  // When the next hold time ends, if the value stays as it is; Nanos::max() when none is running.
  core::Nanos due(const LadderTiming& timing) const {
    core::Nanos first = core::Nanos::max();
    for (std::size_t i = 0; i < N; ++i) {
      if (marks_[i] == kNone) continue;
      const core::Nanos end = marks_[i] + (i < level_ ? timing.clear_hold : timing.hold);
      if (end < first) first = end;
    }
    return first;
  }
  core::Nanos mark(std::size_t i) const { return marks_[i]; }

  // For what is read back after a restart.
  void resume(std::size_t level) { level_ = static_cast<std::uint8_t>(level); }
  void resume_mark(std::size_t i, core::Nanos mark) { marks_[i] = mark; }

  static constexpr core::Nanos kNone = core::Nanos::min();

 private:
  bool climb(const double* limits, std::size_t count, double x, core::Nanos now, core::Nanos hold) {
    for (std::size_t i = level_; i < count; ++i) keep(marks_[i], excess(x, limits[i]) > 0, now);
    std::size_t reached = level_;
    while (reached < count && marks_[reached] != kNone && now - marks_[reached] >= hold) marks_[reached++] = kNone;
    if (reached == level_) return false;
    for (std::size_t i = 0; i < reached; ++i) marks_[i] = kNone;
    level_ = static_cast<std::uint8_t>(reached);
    return true;
  }
  void descend(const double* limits, double x, core::Nanos now, const LadderTiming& timing) {
    for (std::size_t i = 0; i < level_; ++i) keep(marks_[i], excess(x, limits[i] - timing.hysteresis) <= 0, now);
    while (level_ > 0 && marks_[level_ - 1U] != kNone && now - marks_[level_ - 1U] >= timing.clear_hold) {
      --level_;
      marks_[level_] = kNone;
    }
  }
  // A mark says since when its condition has held without a break.
  static void keep(core::Nanos& mark, bool condition, core::Nanos now) {
    if (!condition) {
      mark = kNone;
    } else if (mark == kNone) {
      mark = now;
    }
  }

  // Of a step not yet entered: since when its limit is exceeded. Of an entered one: since when it is left.
  std::array<core::Nanos, N> marks_ = none();
  std::uint8_t level_ = 0;

  static constexpr std::array<core::Nanos, N> none() {
    std::array<core::Nanos, N> all{};
    all.fill(kNone);
    return all;
  }
};

}  // namespace afferent::rules
