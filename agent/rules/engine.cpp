#include "agent/rules/engine.h"

#include <fmt/format.h>

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
    engine_.desk_->find(voice(), at, finding, evidence);
  }
  void wake_at(Nanos boot) override { engine_.deadlines_.set(Desk::wake_slot(seat_), engine_.wakes_[seat_], boot); }
  Desk::Voice voice() const { return {seat_, *engine_.instances_[seat_], output_}; }

 private:
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

Engine::Engine(std::vector<RuleEntry> rules, std::vector<DeviceNames> devices, core::Random& random, Language language)
    : rules_(std::move(rules)), devices_(std::move(devices)) {
  make_seats();
  desk_ = std::make_unique<Desk>(rules_, seats_, devices_, random, language, deadlines_);
}

Engine::~Engine() = default;

void Engine::make_seats() {
  seats_of_device_.resize(devices_.size());
  for (std::uint32_t rule = 0; rule < rules_.size(); ++rule) {
    for (const core::DeviceId device : rules_[rule].setup.devices) {
      seats_of_device_[core::index(device)].push_back(static_cast<std::uint32_t>(seats_.size()));
      seats_.push_back({.rule = rule, .device = device});
      instances_.push_back(rules_[rule].rule->make());
    }
  }
  wakes_.assign(seats_.size(), Deadlines::kNever);
}

void Engine::series_added(core::Series series, core::DeviceId device, const core::ChannelSpec& channel) {
  const std::size_t at = core::index(series);
  if (at >= bound_.size()) bound_.resize(at + 1);
  bound_[at] = {static_cast<std::uint32_t>(bands_.size()), 0, core::kind_of(channel.quantity)};
  if (core::index(device) >= devices_.size() || seats_of_device_[core::index(device)].empty()) return;
  std::string& channels = channels_[device];
  channels += (channels.empty() ? "" : ", ") + channel.name;
  for (const std::uint32_t seat : seats_of_device_[core::index(device)]) {
    const RuleEntry& entry = rules_[seats_[seat].rule];
    if (!entry.setup.channel.empty() && entry.setup.channel != channel.name) continue;
    seats_[seat].bound = true;
    if (const std::string_view objection = entry.rule->objection(channel); !objection.empty()) {
      objections_.emplace_back(
          core::ErrorCode::bad_config,
          fmt::format("{}: rule '{}': channel: '{}' of device '{}' is {}: {}", entry.setup.source.text(),
                      entry.setup.id, channel.name, devices_[core::index(device)].id, core::name_of(channel.quantity),
                      objection));
      continue;
    }
    seats_[seat].quantity = channel.quantity;
    bands_.push_back({.instance = seat});
    ++bound_[at].count;
  }
}

std::vector<core::Error> Engine::check() const {
  std::vector<core::Error> errors = objections_;
  for (const Seat& seat : seats_) {
    if (seat.bound) continue;
    const RuleSetup& setup = rules_[seat.rule].setup;
    const auto channels = channels_.find(seat.device);
    errors.emplace_back(core::ErrorCode::bad_config,
                        fmt::format("{}: rule '{}': channel: device '{}' has no channel '{}'; it has: {}",
                                    setup.source.text(), setup.id, devices_[core::index(seat.device)].id, setup.channel,
                                    channels == channels_.end() ? "none yet" : channels->second));
  }
  return errors;
}

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
  return deadlines_.next();
}

void Engine::tick(const Stamp& now, Output& output) {
  if (!begun_) begin(now, output);
  for (const std::uint32_t slot : deadlines_.due(now.boot)) {
    const std::uint32_t seat = slot / 2;
    Speaker speaker(*this, seat, output);
    if (slot == Desk::update_slot(seat)) {
      desk_->update_due(speaker.voice(), now);
    } else if (wakes_[seat] <= now.boot) {
      speaker.wake_at(Deadlines::kNever);
      instances_[seat]->tick(now, speaker);
    }
  }
}

}  // namespace afferent::rules
