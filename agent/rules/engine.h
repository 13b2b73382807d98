// Judges readings: every poll goes through poll(), what is found comes out as alerts. Loop-bound.
//
// Order at start: create(), series_added() for the channels that are known, check(), restore(), then polls and ticks.
// All durations are boot time; UTC is only passed on.
//
// How to add a rule kind: see CONTRIBUTING.md.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
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
#include "agent/core/zone.h"
#include "agent/rules/desk.h"
#include "agent/rules/operator_facts.h"
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
  // engine. `today`: dates in files that lie behind it are mistakes, days since 1970; nothing: it is not known. Rules
  // that are broken are left out, and those that need them.
  static core::Result<std::unique_ptr<Engine>> create(std::vector<RuleSetup> rules, std::vector<DeviceNames> devices,
                                                      core::Random& random, Language language, core::Zone zone = {},
                                                      std::optional<std::int64_t> today = {});
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  void series_added(core::Series series, core::DeviceId device, const core::ChannelSpec& channel);

  // What is wrong between rules and the channels added so far: channels that no device has, or that a kind cannot
  // judge. A device that is open may still come to have them: see waiting().
  std::vector<core::Error> check() const;
  // What rules wait for, and what came that they cannot judge; a line each, for people.
  std::vector<std::string> waiting() const;
  // The ids of those that need the date or the hour: they are suspended while the clock is not right.
  std::vector<std::string> calendar_rules() const;

  // Takes up the alerts of the last run; keys that are not rules' are passed over. Error{bad_input} names the states
  // that were unreadable; they are ignored and the rest is taken. Alerts whose rule or device is gone are cleared in
  // the next tick() or poll(), so next_deadline() is now.
  core::Result<void> restore(const std::map<std::string, core::StateChange>& states, const core::Stamp& now,
                             std::uint64_t boot);

  void poll(const core::Poll& poll, Output& output);

  core::Nanos next_deadline() const;  // boot time of the next tick(); Nanos::max(): none
  void tick(const core::Stamp& now, Output& output);
  void close(const core::Stamp& now,
             Output& output);  // at shutdown: what the instances have learned, and how long holds have lasted

  std::vector<core::Alert> active() const { return desk_->active(); }
  std::vector<core::Alert> shelved() const { return desk_->shelved(); }  // those that are not active

  // What people say, from wherever. `name` is an alert's id in hexadecimal, its beginning (4 digits or more), or
  // "rule/device". Error{not_found} lists what there is; Error{bad_input} when several alerts begin so.
  core::Result<core::Alert> acknowledge(std::string_view name, std::string who, std::string note,
                                        const core::Stamp& now, Output& output);
  core::Result<core::Alert> shelve(std::string_view name, core::Shelf shelf, const core::Stamp& now, Output& output);
  core::Result<core::Alert> unshelve(std::string_view name, const core::Stamp& now, Output& output);
  core::Result<OperatorFacts::Number> add(OperatorFact fact, const core::Stamp& now, Output& output);
  core::Result<void> remove(OperatorFacts::Number number, const core::Stamp& now, Output& output);
  std::map<OperatorFacts::Number, OperatorFact> facts() const { return facts_.all(); }
  bool heeds_holidays(core::DeviceId device) const;  // a rule of this device does
  const core::Zone& zone() const { return zone_; }

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
  struct Ear {  // an input of a seat
    std::uint32_t seat = 0;
    std::uint16_t input = 0;
  };
  struct Gone {  // an alert of the last run that nobody can end any more
    std::string key;
    std::optional<core::Alert> alert;
    std::string device_id;
    bool device_known = false;
  };

  Engine(std::vector<RuleEntry> rules, std::vector<DeviceNames> devices, core::Random& random, Language language,
         core::Zone zone);
  void make_seats();
  void wire(std::uint32_t seat);
  void bind(Ear ear, core::Series series, const core::ChannelSpec& channel, Bound& to);
  core::DeviceId input_device(Ear ear) const;
  std::vector<Ear> unbound() const;
  bool open(Ear ear) const;
  core::DeviceId device_of(Ear ear) const;
  std::string_view key_of(Ear ear) const;
  std::string wanted(Ear ear) const;
  core::Error missing(Ear ear) const;
  void pace(std::uint32_t seat, core::Millis interval, Output& output);
  void show(std::uint32_t at, const core::Stamp& now);
  // Tells rules that have other rules as inputs what has changed.
  void settle(const core::Stamp& now, Output& output);
  core::Result<std::uint32_t> seat_named(std::string_view name) const;
  void facts_changed(const core::Stamp& now, Output& output);
  void begin_learning(const core::Stamp& now);
  static bool is_learned(std::string_view key);
  void learn_next(const core::Stamp& now, Output& output);
  void save_learned(std::uint32_t seat, const core::Stamp& now, Output& output);
  void save_part(std::uint32_t seat, std::uint16_t part, const core::Stamp& now, Output& output);
  core::Bytes learned_bytes(std::uint32_t seat, const core::Stamp& now, Packer own) const;
  bool restore_learned(const core::StateChange& state, const core::Stamp& now, std::uint64_t boot,
                       const std::map<std::string, std::uint32_t>& seats);
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

  // Only of rules that have more inputs than one; the lists by device are empty when there are none.
  std::vector<std::vector<Ear>> ears_of_device_;               // channels
  std::vector<std::vector<std::uint32_t>> polled_;             // by device
  std::map<std::uint32_t, std::vector<Ear>> listeners_;        // by the seat that they listen to
  std::set<std::pair<std::uint32_t, std::uint16_t>> unbound_;  // required channels not yet seen
  std::set<std::uint32_t> deaf_;                               // seats that need one input and have none yet
  std::vector<std::uint32_t> changed_;                         // seats with listeners whose state is another

  std::map<core::DeviceId, std::map<std::uint32_t, core::Millis>> paces_;  // faster polls, by who asked for them

  std::vector<std::uint32_t> learners_;
  std::vector<std::uint32_t> briefs_;
  std::size_t next_learner_ = 0;
  core::Nanos learn_at_ = core::Nanos::max();

  std::vector<RuleEntry> rules_;
  std::vector<DeviceNames> devices_;
  const core::Zone zone_;
  const Language language_;
  OperatorFacts facts_;
  core::Nanos facts_at_ = core::Nanos::max();  // when one of them begins or ends
  std::uint64_t boot_ = 0;
  Deadlines deadlines_;
  std::unique_ptr<Desk> desk_;
  std::vector<Gone> gone_;
  std::vector<core::Error> objections_;
  std::map<core::Series, std::string> names_;       // of those that are one of many
  std::map<core::DeviceId, std::string> channels_;  // of devices with rules, for messages
};

}  // namespace afferent::rules
