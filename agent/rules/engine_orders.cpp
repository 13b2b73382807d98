// Engine: what people say to alerts and devices, and what rules ask of devices.
#include <fmt/format.h>

#include <algorithm>

#include "agent/core/bytes.h"
#include "agent/rules/engine.h"

namespace afferent::rules {
namespace {

constexpr std::size_t kMostListed = 5;

}  // namespace

core::Result<std::uint32_t> Engine::seat_named(std::string_view name) const {
  const std::vector<std::uint32_t> seats = desk_->named(name);
  if (seats.size() == 1) return seats.front();
  if (seats.size() > 1) {
    return core::Error(core::ErrorCode::bad_input,
                       fmt::format("{} alerts begin with '{}'; give more digits of the id", seats.size(), name));
  }
  std::string known;
  std::size_t count = 0;
  for (const core::Alert& alert : active()) {
    if (++count > kMostListed) break;
    known += fmt::format("{}{}/{}", known.empty() ? "" : ", ", alert.rule, devices_[core::index(alert.device)].id);
  }
  if (count > kMostListed) known += ", ...";
  return core::Error(core::ErrorCode::not_found, fmt::format("no active alert is called '{}'; {}", name,
                                                             known.empty() ? "there is none" : "active: " + known));
}

void Engine::pace(std::uint32_t seat, core::Millis interval, Output& output) {
  const core::DeviceId device = seats_[seat].device;
  std::map<std::uint32_t, core::Millis>& wishes = paces_[device];
  const auto fastest = [&wishes] {
    core::Millis least{};
    for (const auto& [who, wish] : wishes) least = least == core::Millis::zero() ? wish : std::min(least, wish);
    return least;
  };
  const core::Millis before = fastest();
  if (interval <= core::Millis::zero()) {
    wishes.erase(seat);
  } else {
    wishes[seat] = interval;
  }
  const core::Millis now = fastest();
  if (wishes.empty()) paces_.erase(device);
  if (now != before) output.poll_interval(device, now);
}

core::Result<core::Alert> Engine::acknowledge(std::string_view name, std::string who, std::string note,
                                              const core::Stamp& now, Output& output) {
  const auto seat = seat_named(name);
  if (!seat) return seat.error();
  return desk_->acknowledge({*seat, *instances_[*seat], output}, now, std::move(who), std::move(note));
}

core::Result<core::Alert> Engine::shelve(std::string_view name, core::Shelf shelf, const core::Stamp& now,
                                         Output& output) {
  const auto seat = seat_named(name);
  if (!seat) return seat.error();
  return desk_->shelve({*seat, *instances_[*seat], output}, now, std::move(shelf));
}

core::Result<core::Alert> Engine::unshelve(std::string_view name, const core::Stamp& now, Output& output) {
  const auto seat = seat_named(name);
  if (!seat) return seat.error();
  return desk_->unshelve({*seat, *instances_[*seat], output}, now);
}

core::Result<OperatorFacts::Number> Engine::add(OperatorFact fact, const core::Stamp& now, Output& output) {
  auto number = facts_.add(std::move(fact), now, output);
  if (number) facts_changed(now, output);
  return number;
}

core::Result<void> Engine::remove(OperatorFacts::Number number, const core::Stamp& now, Output& output) {
  if (!facts_.remove(number, output)) {
    std::string known;
    for (const auto& [one, fact] : facts_.all()) known += fmt::format("{}{}", known.empty() ? "" : ", ", one);
    return core::Error(
        core::ErrorCode::not_found,
        fmt::format("there is no entry {}; {}", number, known.empty() ? "there is none" : "there are: " + known));
  }
  facts_changed(now, output);
  return {};
}

bool Engine::heeds_holidays(core::DeviceId device) const {
  return std::any_of(seats_.begin(), seats_.end(),
                     [&](const Seat& seat) { return seat.device == device && rules_[seat.rule].kind->heeds_holidays; });
}

// A window may have begun or ended: what was held back is told, and rules that watch others learn of it.
void Engine::facts_changed(const core::Stamp& now, Output& output) {
  facts_.expire(now, output);
  facts_at_ = facts_.next(now.boot);
  if (!begun_) return;
  for (std::uint32_t seat = 0; seat < seats_.size(); ++seat) {
    desk_->look_again({seat, *instances_[seat], output}, now);
    if (seats_[seat].watched) show(seat, now);
  }
  settle(now, output);
}

}  // namespace afferent::rules
