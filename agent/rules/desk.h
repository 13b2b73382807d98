// The life of an alert: turns what instances find into raised, escalated, updated and cleared, with a stable id,
// evidence and a sentence, and keeps the state that lets it survive a restart. Loop-bound.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agent/core/random.h"
#include "agent/rules/deadlines.h"
#include "agent/rules/kind.h"
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
  bool bound = false;
};

class Desk {
 public:
  Desk(const std::vector<RuleEntry>& rules, const std::vector<Seat>& seats, const std::vector<DeviceNames>& devices,
       core::Random& random, Language language, Deadlines& deadlines);
  ~Desk();

  struct Voice {  // who speaks, and to whom
    std::uint32_t seat;
    const Instance& instance;
    Output& output;
  };
  void find(const Voice& voice, const core::Stamp& at, const Finding& finding, std::optional<double> evidence);
  void update_due(const Voice& voice, const core::Stamp& now);  // the deadline in update_slot(seat) has come

  // Takes up an alert, or a hold time in progress, where the last run left it.
  void resume(std::uint32_t seat, const Saved& saved, const Elapsed& elapsed, bool same_boot);
  void set_boot(std::uint64_t boot) { boot_ = boot; }

  std::string key(std::uint32_t seat) const;
  std::string words_of_gone(std::string_view rule, std::string_view device) const;
  std::vector<core::Alert> active() const;

  static std::uint32_t wake_slot(std::uint32_t seat) { return 2 * seat; }
  static std::uint32_t update_slot(std::uint32_t seat) { return 2 * seat + 1; }

 private:
  struct Episode;

  Episode& open(std::uint32_t seat, const core::Stamp& at);
  void rest(const Voice& voice, const core::Stamp& at, const Finding& finding);
  void wait(const Voice& voice, const core::Stamp& at, Episode& episode);
  void alert(const Voice& voice, const core::Stamp& at, const Finding& finding, Episode& episode);
  void worsen(const Voice& voice, const core::Stamp& at, const Finding& finding, Episode& episode);
  void publish(const Voice& voice, const core::Stamp& at, const Finding& finding, core::AlertState state,
               Episode& episode);
  void save(const Voice& voice, const core::Stamp& at, Episode& episode);
  std::string words(std::uint32_t seat, const core::Alert& alert, Phrase phrase) const;

  const std::vector<RuleEntry>& rules_;
  const std::vector<Seat>& seats_;
  const std::vector<DeviceNames>& devices_;
  core::Random& random_;
  const Language language_;
  Deadlines& deadlines_;
  std::uint64_t boot_ = 0;
  std::vector<std::unique_ptr<Episode>> episodes_;  // by seat; null at rest
};

}  // namespace afferent::rules
