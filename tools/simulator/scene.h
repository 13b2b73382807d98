// What all lines of a running simulation share. Loop-bound.
#pragma once

#include <cstdint>

#include "agent/core/clock.h"
#include "tools/simulator/truth_log.h"

namespace afferent::simulator {

struct Scene {
  const core::Clock& clock;
  core::Timers& timers;
  TruthLog& truth;
  std::uint64_t seed = 1;
  double speed = 1.0;   // scenario seconds a real one
  core::Nanos start{};  // boot time of scenario second 0

  core::Nanos now() const { return clock.now().boot; }
  double seconds() const { return std::chrono::duration<double>(now() - start).count() * speed; }
  // Boot time of a scenario second; the end of time where it never comes.
  core::Nanos when(double scenario_seconds) const {
    const double real = speed > 0 ? scenario_seconds / speed : 1e9;
    return real < 1e9 ? start + core::Nanos(static_cast<std::int64_t>(real * 1e9)) : core::Nanos::max();
  }
};

}  // namespace afferent::simulator
