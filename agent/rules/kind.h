// What a rule kind is made of. A kind is one file behind this interface, and one
// line in kinds.cpp. All of it is loop-bound.
//
//   Kind      static data: name, configuration keys, how to make a Rule
//   Rule      one [[rule]]: its checked options, shared by all its devices
//   Instance  one rule on one device: what it remembers
//
// An instance sees the rule's `channel` of its device as input 0, and the further inputs that its rule names, 1, 2, ...
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
#include "agent/core/event.h"
#include "agent/core/reading.h"
#include "agent/core/rule_spec.h"
#include "agent/core/zone.h"
#include "agent/rules/packing.h"
#include "agent/rules/setup.h"

namespace afferent::rules {

// The open interval of values that cannot change anything. A reading inside it never reaches the instance, which is
// what makes a rule at rest cost two comparisons. An instance sets it anew whenever it has seen a reading.
struct Band {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
  std::uint32_t instance = 0;
  std::uint16_t input = 0;  // which of its inputs this series is; set by the engine

  bool holds(double value) const { return value > low && value < high; }
  void show(double from, double to) { low = from, high = to; }
  void show_all() { show(std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()); }
  void show_none() { show(-std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()); }
};

// Which sentence fits; phrases.cpp has the texts.
enum class Phrase : std::uint8_t {
  above,
  below,
  is_true,
  is_false,
  rise,
  fall,
  silent,
  outside,
  stuck,
  window_above,
  window_below,
  forecast_rise,
  forecast_fall,
  composite,
  disagrees,
  disagree_two,
  disagree_all,
  unusual,
  stays_up,
  runs_on,
  no_use,
  continuous,
  exchanged,
  reverse,
  manhole,
  cylinders,
  flags,
  forecast_reached,
  window_reached,
  holiday,
  count,
  used,
  least_used,
  count_few,
  used_little,
};
inline constexpr std::uint8_t kPhrases = 35;

// What an instance thinks of its device now. It says so as often as it likes; the desk makes raised, escalated, updated
// and cleared of it.
struct Finding {
  enum class State : std::uint8_t { calm, pending, alert };
  State state = State::calm;
  core::Severity severity = core::Severity::blue;
  Phrase phrase = Phrase::above;
  double value = 0.0;
  double badness =
      0.0;  // the larger, the worse; decides whether an update is due; 0: just beyond a limit, of either side
  std::optional<double> limit;
  // For sentences that need more than a value and a limit.
  std::string detail = {};                // {detail}, e.g. a neighbour's name
  std::optional<double> other = {};       // {other}, a second number
  std::optional<core::Micros> when = {};  // {when}, UTC of something expected
  std::optional<core::Nanos> span = {};   // {span}, instead of the rule's
  bool urgent = false;                    // told even during a maintenance window
  bool own_ending = false;                // calm: its phrase tells the end, not that of the alert
  bool news = false;                      // told at once though it may be no worse
};

// A series, or the state of another rule, that a rule needs beside its own channel. It is bound once; nothing is looked
// up by name per reading.
struct Input {
  std::string device = {};                    // id; empty: the instance's own, or
  std::optional<core::DeviceId> number = {};  // the device itself
  std::string channel = {};                   // of that device; one that ends with '*' is all that begin so; or
  std::string rule = {};  // the state of this rule on that device; without a device and not on the own: on its only one
  std::string_view key = {};  // the option that names it, for messages; static
  bool required = true;       // false: it may be missing for good
  bool foreign = false;       // true: it must not be the own device
};

struct RuleState {
  bool active = false;  // it finds an alert, and no maintenance window hides it
  core::Severity severity = core::Severity::blue;
};

// What the engine lends to an instance during a call.
class Context {
 public:
  virtual ~Context() = default;
  // `evidence` is the reading behind it, if there is one.
  virtual void find(const core::Stamp& at, const Finding& finding, std::optional<double> evidence) = 0;
  virtual void wake_at(core::Nanos boot) = 0;  // tick() comes then; Nanos::max() cancels

  // How much the reading at hand stands out, 0 to 1, from a kind that can say; for who measures rules on recorded data.
  virtual void score(double /*score*/) {}

  // Published beside alerts; rule, device and domain are filled in where they are empty.
  virtual void event(core::Event event) = 0;
  virtual void custody(core::Custody custody) = 0;
  // Asks for faster polls of the own device from now on; zero: as configured again. Not kept over a restart: ask again
  // in start().
  virtual void poll_interval(core::Millis interval) = 0;
  // What learned() gives is saved now instead of within the hour: something came that a power failure must not take
  // away. Each costs a write.
  virtual void keep(const core::Stamp& now) = 0;
  // The same for one part of what an instance has learned, see Rule::in_parts: goes with all that the call tells.
  virtual void keep_part(std::uint16_t part, const core::Stamp& now) = 0;

  // What operators said: nobody is at home, somebody works there.
  virtual bool absent(const core::Stamp& now) const = 0;
  virtual bool maintenance(const core::Stamp& now) const = 0;

  virtual const core::Zone& zone() const = 0;
  // Nothing while the clock is not right: whatever depends on the hour of the day rests then.
  std::optional<core::LocalTime> local(const core::Stamp& at) const {
    if (at.clock == core::ClockState::unsynced) return std::nullopt;
    return zone().local(at.utc);
  }
  virtual core::DeviceId device() const = 0;
  virtual std::string_view unit() const = 0;  // of findings on the own channel
  virtual const DeviceNames& names(core::DeviceId device) const = 0;
  // The channel of a series of an input that is many; empty for others.
  virtual std::string_view channel(core::Series series) const = 0;
  virtual Language language() const = 0;
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
  // A series is there for an input; before its first reading.
  virtual void bound(std::uint16_t /*input*/, core::Quantity /*quantity*/) {}
  // Once, before the first reading, after restore().
  virtual void start(const core::Stamp& /*now*/, Context& /*context*/) {}
  // A finite number (0 or 1 for a boolean) or a text, good and in order, outside the band of its series. `band.input`
  // says which input it is.
  virtual void reading(const core::Reading& reading, Band& band, Context& context) = 0;
  // One that must not be judged by its value: bad, uncertain or stale.
  virtual void unfit(const core::Reading& /*reading*/, Band& /*band*/, Context& /*context*/) {}
  virtual void tick(const core::Stamp& /*now*/, Context& /*context*/) {}
  // The readings of one poll of a device with an input of this instance are all said. Only if Rule::by_poll.
  virtual void polled(core::DeviceId /*device*/, const core::Stamp& /*at*/, Context& /*context*/) {}
  // An input that is a rule has another state; also once after start() for each.
  virtual void rule_changed(std::uint16_t /*input*/, const RuleState& /*state*/, const core::Stamp& /*at*/,
                            Context& /*context*/) {}

  // What an alert or a hold time in progress needs to go on after a restart. At most Kind::most_saved.
  virtual void save(core::Nanos /*now*/, Packer& /*to*/) const {}
  // `severity` is that of the alert which was active, if one was. False when the bytes make no sense.
  virtual bool restore(Unpacker& /*from*/, std::optional<core::Severity> /*severity*/, const Elapsed& /*elapsed*/) {
    return true;
  }

  // What takes hours to learn. Only if Rule::learns: at most Kind::most_learned, once an hour and at shutdown, apart
  // from alerts; a power failure loses what came since, unless it was kept. remember() comes before restore() and
  // start().
  virtual void learned(core::Nanos /*now*/, Packer& /*to*/) const {}
  virtual bool remember(Unpacker& /*from*/, const Elapsed& /*elapsed*/) { return true; }
  // Likewise for one part, if Rule::in_parts; nothing packed: the part is forgotten. A part that makes no sense changes
  // nothing, and the others are taken.
  virtual void learned_part(std::uint16_t /*part*/, core::Nanos /*now*/, Packer& /*to*/) const {}
  virtual bool remember_part(Unpacker& /*from*/, const Elapsed& /*elapsed*/) { return true; }
};

class Rule {
 public:
  virtual ~Rule() = default;
  virtual std::unique_ptr<Instance> make() const = 0;
  // Why this channel cannot be judged by it, e.g. "needs a number, not a text"; empty: it can.
  virtual std::string_view objection(const core::ChannelSpec& channel) const = 0;
  // What it needs beside `channel`: the same for all its devices, in the order of their numbers from 1.
  virtual std::span<const Input> inputs() const { return {}; }
  virtual std::string_view objection(std::uint16_t /*input*/, const core::ChannelSpec& /*channel*/) const { return ""; }
  // None of the inputs is required by itself, but without any there is nothing to judge.
  virtual bool needs_one_input() const { return false; }
  // The unit of its findings on a channel of this quantity.
  virtual std::string_view unit(core::Quantity quantity) const { return core::unit_of(quantity); }

  core::Nanos update{};  // shortest time between two updates of an alert that gets worse; 0: none
  core::Nanos span{};    // the time that its sentences speak of
  // What its instances learn is lost with the power when that takes less than an hour, and begins anew.
  void learns_within(core::Nanos time) {
    learns = time >= std::chrono::hours(1);
    brief = !learns;
  }

  bool learns = false;    // its instances have something to learned()
  bool brief = false;     // ... that is saved at shutdown only, and believed once: what has happened since is not in it
  bool in_parts = false;  // ... which is saved in parts instead, each only when its instance says so
  bool by_poll = false;   // its instances want polled()
  bool calendar = false;  // they need the date or the hour, and rest while the clock is not right
};

class Mistakes;

struct Kind {
  core::RuleKindSpec spec;
  bool channel_required = true;  // else it may be left out: any channel of the device is input 0
  bool channel_allowed = true;   // false: the kind knows which channels it needs, see Rule::inputs()
  // Null after a mistake was noted.
  std::unique_ptr<Rule> (*create)(const RuleSetup& setup, Mistakes& mistakes) = nullptr;
  std::size_t instance_size = 0;
  std::size_t most_saved = 0;    // bytes of an instance's save() ...
  std::size_t most_learned = 0;  // ... and learned() or one learned_part(), whatever it has seen
  bool heeds_holidays = false;   // its instances ask Context::absent()
};

std::span<const Kind* const> all_kinds();
const Kind* kind_named(std::string_view name);

}  // namespace afferent::rules
