// What each scenario has to get over: a clock that steps, readings that are missing or come twice, a clock that was
// never set. What to do about it in detail is the scenario's.
#pragma once

#include "tests/rules/rules_fixture.h"

namespace afferent::test {

enum class Trouble { none, step, gaps, duplicates, unsynced };
inline constexpr Trouble kTroubles[] = {Trouble::none, Trouble::step, Trouble::gaps, Trouble::duplicates,
                                        Trouble::unsynced};

// Calls `say` for a reading, as often as it comes.
template <class Say>
void say_with(Trouble trouble, Say say) {
  say();
  if (trouble == Trouble::duplicates) say();
}

inline void begin(Bench& bench, Trouble trouble) {
  if (trouble == Trouble::unsynced) bench.clock = core::ClockState::unsynced;
}

// Scenario seconds of the first alert.
inline double first_at(const Bench& bench) {
  return static_cast<double>((bench.out.alerts.at(0).first.boot - bench.boot_at_zero).count()) / 1e9;
}

}  // namespace afferent::test
