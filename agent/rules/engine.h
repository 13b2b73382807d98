// Judges readings: every poll goes through poll(), what is found comes out as alerts. Loop-bound.
//
// Order at start: create(), series_added() for the channels that are known, check(), restore(), then polls and ticks.
// All durations are boot time; UTC is only passed on.
//
// To add a rule kind:
//   1. Copy the file of the kind that is most like it (threshold.cpp: values; silent.cpp: timers; range.cpp: quality).
//   2. Give it a field table and a create() that notes what the table cannot say: combinations, order, units.
//   3. Write its Instance: reading() sets the band in which nothing can happen and reports what it finds. kind.h says
//   what
//      is promised. It never publishes: raised, escalated, updated and cleared are the desk's.
//   4. If no sentence fits, add a Phrase to kind.h and its two languages to wording.cpp.
//   5. Add the Kind to kinds.h and a line to kinds.cpp, and tests/rules/<kind>_test.cpp.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/alert.h"
#include "agent/core/channel.h"
#include "agent/core/envelope.h"
#include "agent/core/random.h"
#include "agent/core/reading.h"
#include "agent/core/result.h"
#include "agent/core/rule_spec.h"
#include "agent/rules/desk.h"
#include "agent/rules/output.h"
#include "agent/rules/setup.h"

namespace afferent::rules {

// The kinds there are, for checking and documenting the configuration.
std::span<const core::RuleKindSpec* const> kinds();

// Memory of one rule on one device at rest, all tables included, in bytes. 0 for an unknown kind.
std::size_t instance_bytes(std::string_view kind);

class Engine {
 public:
  // Error{bad_config} lists every mistake, a line each: "rules.toml:12: rule 'road': steps: ...". `random` outlives the
  // engine.
  static core::Result<std::unique_ptr<Engine>> create(std::vector<RuleSetup> rules, std::vector<DeviceNames> devices,
                                                      core::Random& random, Language language);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  void series_added(core::Series series, core::DeviceId device, const core::ChannelSpec& channel);

  // What is wrong between rules and the channels added so far: channels that no device has, or that a kind cannot
  // judge.
  std::vector<core::Error> check() const;

  // Takes up the alerts of the last run; keys that are not rules' are passed over. Error{bad_input} names the states
  // that were unreadable; they are ignored and the rest is taken. Alerts whose rule or device is gone are cleared in
  // the next tick() or poll(), so next_deadline() is now.
  core::Result<void> restore(const std::map<std::string, core::StateChange>& states, const core::Stamp& now,
                             std::uint64_t boot);

  void poll(const core::Poll& poll, Output& output);

  core::Nanos next_deadline() const;  // boot time of the next tick(); Nanos::max(): none
  void tick(const core::Stamp& now, Output& output);

  std::vector<core::Alert> active() const { return desk_->active(); }

  struct Counters {
    std::uint64_t readings = 0;
    std::uint64_t wrong_kind = 0;  // not the type that the channel's quantity has
    std::uint64_t not_finite = 0;  // NaN or infinite, though called good
  };
  const Counters& counters() const { return counters_; }

 private:
  class Speaker;
  struct Bound {  // a series: its bands lie side by side
    std::uint32_t first = 0;
    std::uint32_t count = 0;
    core::Value::Kind kind = core::Value::Kind::number;
  };
  struct Gone {  // an alert of the last run that nobody can end any more
    std::string key;
    std::optional<core::Alert> alert;
    std::string device_id;
    bool device_known = false;
  };

  Engine(std::vector<RuleEntry> rules, std::vector<DeviceNames> devices, core::Random& random, Language language);
  void make_seats();
  void begin(const core::Stamp& now, Output& output);
  void judge(const core::Reading& reading, const Bound& bound, Output& output);
  void set_aside(const core::Reading& reading, const Bound& bound, Output& output);
  bool restore_one(const core::StateChange& state, const core::Stamp& now, std::uint64_t boot,
                   const std::map<std::string, std::uint32_t>& seats);
  void restore_gone(const core::StateChange& state, const Saved& saved, bool same_boot);
  std::optional<core::DeviceId> device_named(std::string_view id) const;

  // Read for every reading.
  std::vector<Bound> bound_;  // by series
  std::vector<Band> bands_;
  Counters counters_;
  bool begun_ = false;

  // By seat.
  std::vector<Seat> seats_;
  std::vector<std::unique_ptr<Instance>> instances_;
  std::vector<core::Nanos> wakes_;
  std::vector<std::vector<std::uint32_t>> seats_of_device_;

  std::vector<RuleEntry> rules_;
  std::vector<DeviceNames> devices_;
  Deadlines deadlines_;
  std::unique_ptr<Desk> desk_;
  std::vector<Gone> gone_;
  std::vector<core::Error> objections_;
  std::map<core::DeviceId, std::string> channels_;  // of devices with rules, for messages
};

}  // namespace afferent::rules
