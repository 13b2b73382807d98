// What people told the agent: maintenance windows, during which a device's alerts are held back, and holidays, during
// which nobody is at home. Each ends by itself. They survive a restart: by boot time, else by UTC; where both are
// unknown the rest of the time counts anew until the clock is right. Loop-bound.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/device.h"
#include "agent/core/result.h"
#include "agent/core/time.h"
#include "agent/rules/output.h"
#include "agent/rules/setup.h"

namespace afferent::rules {

// The end that people give lies within this time.
inline constexpr core::Nanos kLongestOrder = std::chrono::hours(24 * 366);

struct OperatorFact {
  enum class Kind : std::uint8_t { maintenance, holiday };
  Kind kind = Kind::maintenance;
  std::optional<core::DeviceId> device;  // nothing: all
  core::Nanos from{};                    // boot times
  core::Nanos until{};
  std::string who;
  std::string note;
};

class OperatorFacts {
 public:
  static constexpr std::size_t kMost = 500;
  using Number = std::uint32_t;

  explicit OperatorFacts(const std::vector<DeviceNames>& devices) : devices_(devices) {}

  // Error{full} beyond kMost, Error{bad_input} when it is over before it begins or lasts longer than a year.
  core::Result<Number> add(OperatorFact fact, const core::Stamp& now, Output& output);
  bool remove(Number number, Output& output);
  void expire(const core::Stamp& now, Output& output);  // also sets right what became known with the clock

  bool holds(OperatorFact::Kind kind, core::DeviceId device, core::Nanos now) const;
  core::Nanos next(core::Nanos now) const;  // when holds() may answer otherwise; Nanos::max(): never
  std::map<Number, OperatorFact> all() const;

  void set_boot(std::uint64_t boot) { boot_ = boot; }
  static bool is_key(std::string_view key) { return key.starts_with("operator/"); }
  // False when it is damaged, or of a device that is gone; it is then forgotten with the next expire().
  bool restore(const core::StateChange& state, const core::Stamp& now);

 private:
  struct Entry {
    OperatorFact fact;
    std::optional<core::Micros> from_utc;  // as set by a clock that was right
    std::optional<core::Micros> until_utc;
    bool guessed = false;  // boot times are a guess until the clock is right
  };

  void save(Number number, const Entry& entry, const core::Stamp& now, Output& output) const;

  const std::vector<DeviceNames>& devices_;
  std::map<Number, Entry> entries_;
  std::vector<std::string> damaged_;
  std::uint64_t boot_ = 0;
  Number last_ = 0;
};

}  // namespace afferent::rules
