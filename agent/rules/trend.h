// The straight line that a value follows, not led astray by single wrong readings: the median of all slopes between up
// to 32 stretches of a window (Theil and Sen). Where readings are so rare that the window holds fewer than six points,
// it reaches back to the sixth. Value type; boot times.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "agent/core/time.h"
#include "agent/rules/kind.h"

namespace afferent::rules {

class Trend {
 public:
  struct Line {
    double now = 0.0;    // what the line says for the last reading's time
    double slope = 0.0;  // per second
    double share = 0.0;  // of the pairs that rise, or fall, as the line does: 1 all, 0.5 chance
    double noise = 0.0;  // median distance from the line
    double span = 0.0;   // s; the window, or how far back the six points reach
    std::size_t points = 0;
  };

  explicit Trend(core::Nanos window) : grain_(window / (kPoints - 2)), window_(window) {}

  // False for a reading that is older than the last one. One after a gap that is longer than the window, and than three
  // of the usual times between readings, begins anew.
  bool add(core::Nanos at, double value);
  // Nothing before there are six points over half of the window.
  std::optional<Line> line() const;
  void clear() { count_ = 0; }

  void save(core::Nanos now, Packer& to) const;
  bool restore(Unpacker& from, const Elapsed& elapsed);

 private:
  static constexpr std::size_t kPoints = 32;
  static constexpr std::size_t kFewest = 6;
  struct Point {  // the mean of a stretch
    core::Nanos first{};
    double at = 0.0;  // s after first
    double value = 0.0;
    std::uint32_t count = 0;
  };

  void drop(std::size_t oldest);
  void drop_before_gap();

  core::Nanos grain_;
  core::Nanos window_;
  core::Nanos last_at_{};
  std::array<Point, kPoints> points_;  // oldest first
  std::size_t count_ = 0;
};

}  // namespace afferent::rules
