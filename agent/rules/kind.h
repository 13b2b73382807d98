// What a rule kind is made of. A kind is one file behind this interface, and one
// line in kinds.cpp. All of it is loop-bound.
//
//   Kind      static data: name, configuration keys, how to make a Rule
//   Rule      one [[rule]]: its checked options, shared by all its devices
//   Instance  one rule on one device: what it remembers
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/alert.h"
#include "agent/core/channel.h"
#include "agent/core/reading.h"
#include "agent/core/rule_spec.h"
#include "agent/rules/packing.h"
#include "agent/rules/setup.h"

namespace afferent::rules {

// The open interval of values that cannot change anything. A reading inside it never reaches the instance, which is
// what makes a rule at rest cost two comparisons. An instance sets it anew whenever it has seen a reading.
struct Band {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
  std::uint32_t instance = 0;

  bool holds(double value) const { return value > low && value < high; }
  void show(double from, double to) { low = from, high = to; }
  void show_all() { show(std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()); }
  void show_none() { show(-std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()); }
};

// Which sentence fits; wording.cpp has the texts.
enum class Phrase : std::uint8_t { above, below, is_true, is_false, rise, fall, silent, outside };
inline constexpr std::uint8_t kPhrases = 8;

// What an instance thinks of its device now. It says so as often as it likes; the desk makes raised, escalated, updated
// and cleared of it.
struct Finding {
  enum class State : std::uint8_t { calm, pending, alert };
  State state = State::calm;
  core::Severity severity = core::Severity::blue;
  Phrase phrase = Phrase::above;
  double value = 0.0;
  double badness = 0.0;  // the larger, the worse; decides whether an update is due
  std::optional<double> limit;
};

// What the engine lends to an instance during a call.
class Context {
 public:
  virtual ~Context() = default;
  // `evidence` is the reading behind it, if there is one.
  virtual void find(const core::Stamp& at, const Finding& finding, std::optional<double> evidence) = 0;
  virtual void wake_at(core::Nanos boot) = 0;  // tick() comes then; Nanos::max() cancels
};

// Carries times over a restart: how long ago, seen from now, something was that had a given age when it was saved.
struct Elapsed {
  core::Nanos now{};
  std::optional<core::Nanos> since_save;  // nothing: another boot, and one of the clocks was not synchronised
  std::optional<core::Nanos> boot_time(core::Nanos age_at_save) const {
    constexpr core::Nanos kLongest = std::chrono::hours(24 * 3660);  // beyond it the bytes are damaged
    if (!since_save || age_at_save < core::Nanos::zero() || age_at_save > kLongest) return std::nullopt;
    return now - *since_save - age_at_save;
  }
};

class Instance {
 public:
  virtual ~Instance() = default;
  // Once, before the first reading, after restore().
  virtual void start(const core::Stamp& /*now*/, Context& /*context*/) {}
  // A finite number (0 or 1 for a boolean) or a text, good and in order, outside the band of its series.
  virtual void reading(const core::Reading& reading, Band& band, Context& context) = 0;
  // One that must not be judged by its value: bad, uncertain or stale.
  virtual void unfit(const core::Reading& /*reading*/, Band& /*band*/, Context& /*context*/) {}
  virtual void tick(const core::Stamp& /*now*/, Context& /*context*/) {}

  // What an alert or a hold time in progress needs to go on after a restart. At most 1 kB.
  virtual void save(core::Nanos /*now*/, Packer& /*to*/) const {}
  // `severity` is that of the alert which was active, if one was. False when the bytes make no sense.
  virtual bool restore(Unpacker& /*from*/, std::optional<core::Severity> /*severity*/, const Elapsed& /*elapsed*/) {
    return true;
  }
};

class Rule {
 public:
  virtual ~Rule() = default;
  virtual std::unique_ptr<Instance> make() const = 0;
  // Why this channel cannot be judged by it, e.g. "needs a number, not a text"; empty: it can.
  virtual std::string_view objection(const core::ChannelSpec& channel) const = 0;
  // The unit of its findings on a channel of this quantity.
  virtual std::string_view unit(core::Quantity quantity) const { return core::unit_of(quantity); }

  core::Nanos update{};  // shortest time between two updates of an alert that gets worse; 0: none
  core::Nanos span{};    // the time that its sentences speak of
};

class Mistakes;

struct Kind {
  core::RuleKindSpec spec;
  bool channel_required = true;
  // Null after a mistake was noted.
  std::unique_ptr<Rule> (*create)(const RuleSetup& setup, Mistakes& mistakes) = nullptr;
  std::size_t instance_size = 0;
};

std::span<const Kind* const> all_kinds();
const Kind* kind_named(std::string_view name);

}  // namespace afferent::rules
