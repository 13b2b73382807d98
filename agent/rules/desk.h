// The life of an alert: turns what instances find into raised, escalated, updated and cleared, with a stable id,
// evidence and a sentence; takes what people say to it; keeps what lets it survive a restart. Loop-bound.
//
//   raised        told once; again only after it was cleared
//   updated       got worse within its severity, or better by one, or turned to the rule's other limit; at most once
//                 in the rule's `update` when worse
//   escalated     a worse severity; an acknowledgement lapses
//   acknowledged  somebody has taken charge
//   shelved       nothing is told but the end, until a time or a severity worse than at shelving; a new alert of
//                 the same rule and device is held back too. At its end what is still wrong is told as updated or
//                 raised.
//   flapping      raised, or turned, n times within a time: told once, then held until it was calm for a time
//   maintenance   new alerts are held back and raised at its end if they are still true; of old ones only the end
//                 is told
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agent/core/random.h"
#include "agent/core/zone.h"
#include "agent/rules/deadlines.h"
#include "agent/rules/episode.h"
#include "agent/rules/kind.h"
#include "agent/rules/operator_facts.h"
#include "agent/rules/output.h"
#include "agent/rules/saved.h"
#include "agent/rules/setup.h"
#include "agent/rules/wording.h"

namespace afferent::rules {

struct RuleEntry {
  RuleSetup setup;
  const Kind* kind = nullptr;
  std::unique_ptr<Rule> rule;
  Template own_sentence;
};

// One rule on one device.
struct Seat {
  std::uint32_t rule = 0;
  core::DeviceId device{};
  core::Quantity quantity = core::Quantity::none;  // of its channel, once that is known
  bool bound : 1 = false;
  bool watched : 1 = false;  // another rule has it as an input; the rest is kept only then
  bool urgent : 1 = false;
  std::uint8_t judged = 0;  // what it finds: 0 calm, else 1 + severity
  std::uint8_t found = 0;   // what watchers were told
};

// What the desk works with; all of it outlives the desk.
struct DeskTools {
  const std::vector<RuleEntry>& rules;
  const std::vector<Seat>& seats;
  const std::vector<DeviceNames>& devices;
  const OperatorFacts& facts;
  const core::Zone& zone;
  core::Random& random;
  Deadlines& deadlines;
  Language language;
};

class Desk {
 public:
  explicit Desk(const DeskTools& tools);
  ~Desk();

  struct Voice {  // who speaks, and to whom
    std::uint32_t seat;
    const Instance& instance;
    Output& output;
  };
  void find(const Voice& voice, const core::Stamp& at, const Finding& finding, std::optional<double> evidence);
  // The deadline in update_slot(seat) has come, or a maintenance window has begun or ended.
  void look_again(const Voice& voice, const core::Stamp& now);

  void close(const Voice& voice, const core::Stamp& now);  // at shutdown: a hold time that runs goes on afterwards

  // The seats whose alert `name` means: its id in hexadecimal or the beginning of that, or "rule/device". Those that
  // are neither active nor shelved are passed over.
  std::vector<std::uint32_t> named(std::string_view name) const;
  // Error{bad_input} when there is nothing to acknowledge or shelve. What is already so is left as it is.
  core::Result<core::Alert> acknowledge(const Voice& voice, const core::Stamp& now, std::string who, std::string note);
  core::Result<core::Alert> shelve(const Voice& voice, const core::Stamp& now, core::Shelf shelf);
  core::Result<core::Alert> unshelve(const Voice& voice, const core::Stamp& now);

  // Takes up an alert, or a hold time in progress, where the last run left it.
  void resume(std::uint32_t seat, const Saved& saved, const Elapsed& elapsed, bool same_boot);
  void set_boot(std::uint64_t boot) { boot_ = boot; }

  std::string key(std::uint32_t seat) const;
  std::string words_of_gone(std::string_view rule, std::string_view device) const;
  std::vector<core::Alert> active() const;
  std::vector<core::Alert> shelved() const;  // those that are not active

  static std::uint32_t wake_slot(std::uint32_t seat) { return 2 * seat; }
  static std::uint32_t update_slot(std::uint32_t seat) { return 2 * seat + 1; }

 private:
  Episode& open(std::uint32_t seat, const core::Stamp& at);
  void rest(const Voice& voice, const core::Stamp& at, const Finding& finding);
  void end(const Voice& voice, const core::Stamp& at, const Finding& finding, Episode& episode);
  void settle(const Voice& voice, const core::Stamp& at);
  void wait(const Voice& voice, const core::Stamp& at, Episode& episode);
  void alert(const Voice& voice, const core::Stamp& at, const Finding& finding, Episode& episode);
  void raise(const Voice& voice, const core::Stamp& at, const Finding& finding, Episode& episode);
  bool flaps(std::uint32_t seat, const core::Stamp& at, Episode& episode) const;
  void change(const Voice& voice, const core::Stamp& at, const Finding& finding, Episode& episode);
  void worsen(const Voice& voice, const core::Stamp& at, const Finding& finding, Episode& episode);
  void turn(const Voice& voice, const core::Stamp& at, const Finding& finding, Episode& episode);
  bool muted(const Voice& voice, const core::Stamp& at, bool urgent, const Episode& episode) const;
  void end_shelf(const Voice& voice, const core::Stamp& now, Episode& episode);

  void take(const Finding& finding, Episode& episode, std::uint32_t seat) const;
  void tell(const Voice& voice, const core::Stamp& at, core::AlertState state, Notice notice, Episode& episode);
  void save(const Voice& voice, const core::Stamp& at, Episode& episode);
  void schedule(std::uint32_t seat, Episode& episode);
  void take_up(std::uint32_t seat, const SavedAlert& kept, const Elapsed& elapsed, bool same_boot,
               Episode& episode) const;
  std::string words(std::uint32_t seat, const Episode& episode, Notice notice) const;

  const DeskTools tools_;
  std::uint64_t boot_ = 0;
  std::vector<std::unique_ptr<Episode>> episodes_;  // by seat; null at rest
};

}  // namespace afferent::rules
