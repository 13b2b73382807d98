// The ladder of a rule that has one step, as its findings and its saved state need it. Value type; all times are boot
// times.
#pragma once

#include <optional>

#include "agent/rules/kind.h"
#include "agent/rules/ladder.h"
#include "agent/rules/packing.h"

namespace afferent::rules {

class SingleLadder {
 public:
  // Above zero `over` is beyond the limit.
  void step(double over, core::Nanos now, const LadderTiming& timing) {
    constexpr double kLimit = 0.0;
    ladder_.step(&kLimit, 1, over, now, timing);
  }

  bool entered() const { return ladder_.level() > 0; }
  // Since when the limit is exceeded, while the step waits for its hold time.
  std::optional<core::Nanos> waits_since() const {
    return !entered() && ladder_.waiting() ? std::optional(ladder_.mark(0)) : std::nullopt;
  }
  core::Nanos due(const LadderTiming& timing) const { return ladder_.due(timing); }  // Nanos::max(): never
  Finding::State state() const {
    return entered() ? Finding::State::alert : waits_since() ? Finding::State::pending : Finding::State::calm;
  }

  // Of a rule with two limits: the lower one is exceeded, or was last. The rule sets it.
  bool lower() const { return lower_; }
  void set_lower(bool lower) { lower_ = lower; }

  // Calm, and told so.
  bool quiet() const { return state() == Finding::State::calm && !told_; }
  Finding::State tell() {
    told_ = state() != Finding::State::calm;
    return state();
  }

  // How long the step has waited, as nanoseconds in an i64; `otherwise`, below zero, when it does not.
  void save(core::Nanos now, Packer& to, std::int64_t otherwise = -1) const {
    const auto since = waits_since();
    to.put(since ? static_cast<std::int64_t>((now - *since).count()) : otherwise);
  }
  // Returns what was saved.
  std::int64_t restore(Unpacker& from, bool entered, const Elapsed& elapsed) {
    const auto age = from.get<std::int64_t>();
    const auto since = elapsed.boot_time(core::Nanos(age));
    ladder_.resume(entered ? 1 : 0);
    if (since && !entered) ladder_.resume_mark(0, *since);
    told_ = true;  // whoever was told of it before may have to hear of its end
    return age;
  }

 private:
  Ladder<1> ladder_;
  bool told_ = false;  // the last finding was not calm
  bool lower_ = false;
};

}  // namespace afferent::rules
