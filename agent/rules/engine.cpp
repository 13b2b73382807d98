#include "agent/rules/engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace afferent::rules {

using core::Nanos;
using core::Reading;
using core::Stamp;

// The context of one seat during one call.
class Engine::Speaker final : public Context {
 public:
  Speaker(Engine& engine, std::uint32_t seat, Output& output) : engine_(engine), seat_(seat), output_(output) {}
  void find(const Stamp& at, const Finding& finding, std::optional<double> evidence) override {
    if (engine_.seats_[seat_].watched) note(at, finding);
    engine_.desk_->find(voice(), at, finding, evidence);
  }
  void wake_at(Nanos boot) override { engine_.deadlines_.set(Desk::wake_slot(seat_), engine_.wakes_[seat_], boot); }
  void score(double score) override {
    output_.score(device(), engine_.rules_[engine_.seats_[seat_].rule].setup.id, score);
  }
  void event(core::Event event) override {
    sign(event);
    output_.event(event);
  }
  void custody(core::Custody custody) override {
    sign(custody);
    output_.custody(custody);
  }
  void poll_interval(core::Millis interval) override { engine_.pace(seat_, interval, output_); }
  void keep(const Stamp& now) override { engine_.save_learned(seat_, now, output_); }
  void keep_part(std::uint16_t part, const Stamp& now) override { engine_.save_part(seat_, part, now, output_); }
  bool absent(const Stamp& now) const override {
    return engine_.facts_.holds(OperatorFact::Kind::holiday, device(), now.boot);
  }
  bool maintenance(const Stamp& now) const override {
    return engine_.facts_.holds(OperatorFact::Kind::maintenance, device(), now.boot);
  }
  const core::Zone& zone() const override { return engine_.zone_; }
  core::DeviceId device() const override { return engine_.seats_[seat_].device; }
  std::string_view unit() const override {
    const Seat& seat = engine_.seats_[seat_];
    return engine_.rules_[seat.rule].rule->unit(seat.quantity);
  }
  const DeviceNames& names(core::DeviceId device) const override { return engine_.devices_[core::index(device)]; }
  std::string_view channel(core::Series series) const override {
    const auto found = engine_.names_.find(series);
    return found == engine_.names_.end() ? std::string_view() : std::string_view(found->second);
  }
  Language language() const override { return engine_.language_; }
  Desk::Voice voice() const { return {seat_, *engine_.instances_[seat_], output_}; }

 private:
  void note(const Stamp& at, const Finding& finding) {
    Seat& seat = engine_.seats_[seat_];
    const bool alert = finding.state == Finding::State::alert;
    seat.judged = static_cast<std::uint8_t>(alert ? 1 + static_cast<int>(finding.severity) : 0);
    seat.urgent = finding.urgent;
    engine_.show(seat_, at);
  }
  template <class Told>
  void sign(Told& told) const {
    const RuleSetup& setup = engine_.rules_[engine_.seats_[seat_].rule].setup;
    if (told.rule.empty()) told.rule = setup.id;
    told.device = device();
    if (told.domain.empty()) told.domain = setup.domain.empty() ? names(device()).domain : setup.domain;
  }

  Engine& engine_;
  const std::uint32_t seat_;
  Output& output_;
};

std::size_t instance_bytes(std::string_view kind) {
  const Kind* found = kind_named(kind);
  if (found == nullptr) return 0;
  constexpr std::size_t kTables =
      sizeof(Band) + sizeof(Seat) + 2 * sizeof(void*) + sizeof(Nanos) + sizeof(std::uint32_t);
  return found->instance_size + kTables;
}

Engine::Engine(std::vector<RuleEntry> rules, std::vector<DeviceNames> devices, core::Random& random, Language language,
               core::Zone zone)
    : rules_(std::move(rules)),
      devices_(std::move(devices)),
      zone_(std::move(zone)),
      language_(language),
      facts_(devices_) {
  make_seats();
  desk_ = std::make_unique<Desk>(DeskTools{rules_, seats_, devices_, facts_, zone_, random, deadlines_, language_});
}

Engine::~Engine() = default;

void Engine::begin(const Stamp& now, Output& output) {
  begun_ = true;
  for (Gone& gone : gone_) {
    if (gone.alert) {
      gone.alert->last = now;
      if (gone.device_known) {
        output.alert(*gone.alert);
      } else {
        output.alert_of_gone_device(*gone.alert, gone.device_id);
      }
    }
    output.state({gone.key, kSavedVersion, {}});
  }
  gone_.clear();
  for (std::uint32_t seat = 0; seat < seats_.size(); ++seat) {
    Speaker speaker(*this, seat, output);
    instances_[seat]->start(now, speaker);
  }
  for (const auto& [seat, ears] : listeners_) {
    show(seat, now);
    changed_.push_back(seat);
  }
  begin_learning(now);
  facts_at_ = facts_.next(now.boot);
  settle(now, output);
}

// As alerts do, a state that others watch only ends in a maintenance window; it does not begin or get worse.
void Engine::show(std::uint32_t at, const Stamp& now) {
  Seat& seat = seats_[at];
  const bool hidden =
      seat.judged != 0 && !seat.urgent && facts_.holds(OperatorFact::Kind::maintenance, seat.device, now.boot);
  const std::uint8_t found = hidden ? std::min(seat.found, seat.judged) : seat.judged;
  if (seat.found == found) return;
  seat.found = found;
  changed_.push_back(at);
}

void Engine::settle(const Stamp& now, Output& output) {
  // No rule can be its own input by any way round, so this ends.
  for (std::size_t i = 0; i < changed_.size(); ++i) {
    const std::uint8_t found = seats_[changed_[i]].found;
    RuleState state;
    state.active = found != 0;
    if (state.active) state.severity = static_cast<core::Severity>(found - 1);
    const auto listeners = listeners_.find(changed_[i]);
    for (const Ear ear : listeners->second) {
      Speaker speaker(*this, ear.seat, output);
      instances_[ear.seat]->rule_changed(ear.input, state, now, speaker);
    }
  }
  changed_.clear();
}

void Engine::poll(const core::Poll& poll, Output& output) {
  if (!begun_) begin(poll.received, output);
  counters_.readings += poll.readings.size();
  for (const Reading& reading : poll.readings) {
    const std::size_t series = core::index(reading.series);
    if (series >= bound_.size()) continue;
    const Bound& bound = bound_[series];
    if (reading.quality != core::Quality::good || reading.stale || reading.value.kind() != bound.kind) [[unlikely]] {
      set_aside(reading, bound, output);
      continue;
    }
    const double value = reading.value.as_number();
    const Band* band = bands_.data() + bound.first;
    const Band* const end = band + bound.count;
    while (band != end && band->holds(value)) ++band;
    if (band != end) judge(reading, bound, output);
  }
  if (core::index(poll.device) < polled_.size()) {
    for (const std::uint32_t seat : polled_[core::index(poll.device)]) {
      Speaker speaker(*this, seat, output);
      instances_[seat]->polled(poll.device, poll.received, speaker);
    }
  }
  if (!changed_.empty()) settle(poll.received, output);
}

void Engine::judge(const Reading& reading, const Bound& bound, Output& output) {
  const double value = reading.value.as_number();
  if (!std::isfinite(value)) {
    ++counters_.not_finite;
    return;
  }
  for (std::uint32_t i = bound.first; i < bound.first + bound.count; ++i) {
    Band& band = bands_[i];
    if (band.holds(value)) continue;
    Speaker speaker(*this, band.instance, output);
    instances_[band.instance]->reading(reading, band, speaker);
  }
}

void Engine::set_aside(const Reading& reading, const Bound& bound, Output& output) {
  if (reading.value.kind() != bound.kind) {
    ++counters_.wrong_kind;
    return;
  }
  if (reading.quality == core::Quality::good && !std::isfinite(reading.value.as_number())) {
    ++counters_.not_finite;
    return;
  }
  for (std::uint32_t i = bound.first; i < bound.first + bound.count; ++i) {
    Speaker speaker(*this, bands_[i].instance, output);
    instances_[bands_[i].instance]->unfit(reading, bands_[i], speaker);
  }
}

Nanos Engine::next_deadline() const {
  if (!begun_) return Nanos::zero();
  return std::min({deadlines_.next(), learn_at_, facts_at_});
}

void Engine::tick(const Stamp& now, Output& output) {
  if (!begun_) begin(now, output);
  for (const std::uint32_t slot : deadlines_.due(now.boot)) {
    const std::uint32_t seat = slot / 2;
    Speaker speaker(*this, seat, output);
    if (slot == Desk::update_slot(seat)) {
      desk_->look_again(speaker.voice(), now);
    } else if (wakes_[seat] <= now.boot) {
      speaker.wake_at(Deadlines::kNever);
      instances_[seat]->tick(now, speaker);
    }
  }
  if (facts_at_ <= now.boot) facts_changed(now, output);
  if (learn_at_ <= now.boot) learn_next(now, output);
  settle(now, output);
}

}  // namespace afferent::rules
