// Engine::restore: alerts go on where the last run left them.
#include <fmt/format.h>

#include "agent/rules/engine.h"

namespace afferent::rules {
namespace {

constexpr std::string_view kPrefix = "rule/";

struct KeyParts {
  std::string_view rule;
  std::string_view device;
};

KeyParts split(std::string_view key) {
  key.remove_prefix(kPrefix.size());
  const std::size_t slash = std::min(key.find('/'), key.size());
  return {key.substr(0, slash), slash == key.size() ? std::string_view() : key.substr(slash + 1)};
}

}  // namespace

core::Result<void> Engine::restore(const std::map<std::string, core::StateChange>& states, const core::Stamp& now,
                                   std::uint64_t boot) {
  desk_->set_boot(boot);
  facts_.set_boot(boot);
  boot_ = boot;
  std::map<std::string, std::uint32_t> seats;
  for (std::uint32_t seat = 0; seat < seats_.size(); ++seat) seats.emplace(desk_->key(seat), seat);
  std::string damaged;
  // What was learned comes first: "learned/..." stands before "rule/...".
  for (const auto& [key, state] : states) {
    const bool learned = is_learned(key);
    const bool fact = OperatorFacts::is_key(key);
    if ((!learned && !fact && !key.starts_with(kPrefix)) || state.bytes.empty()) continue;
    core::StateChange named = state;
    named.key = key;
    const bool done = learned ? restore_learned(named, now, boot, seats)
                      : fact  ? facts_.restore(named, now)
                              : restore_one(named, now, boot, seats);
    if (!done) damaged += (damaged.empty() ? "" : ", ") + key;
  }
  if (damaged.empty()) return {};
  return core::Error(core::ErrorCode::bad_input,
                     fmt::format("saved rules ignored, damaged or of another version: {}", damaged));
}

bool Engine::restore_one(const core::StateChange& state, const core::Stamp& now, std::uint64_t boot,
                         const std::map<std::string, std::uint32_t>& seats) {
  if (state.version < kOldestSaved || state.version > kSavedVersion)
    return false;  // a newer agent's: left alone for it
  auto saved = unpack(state.bytes, state.version);
  if (!saved) {
    gone_.push_back({state.key, std::nullopt, {}, false});
    return false;
  }
  const bool same_boot = saved->boot == boot;
  const auto found = seats.find(state.key);
  if (found == seats.end() || rules_[seats_[found->second].rule].setup.kind != saved->kind) {
    restore_gone(state, *saved, same_boot);
    return true;
  }
  const std::uint32_t seat = found->second;
  const Elapsed since{now.boot, elapsed(*saved, now, boot)};
  Unpacker own(saved->own);
  const auto severity = saved->alert ? std::optional(saved->alert->alert.severity) : std::nullopt;
  if (!instances_[seat]->restore(own, severity, since) || !own.at_end()) {
    instances_[seat] = rules_[seats_[seat].rule].rule->make();
    restore_gone(state, *saved, same_boot);
    return false;
  }
  desk_->resume(seat, *saved, since, same_boot);
  if (severity) seats_[seat].found = seats_[seat].judged = static_cast<std::uint8_t>(1 + static_cast<int>(*severity));
  return true;
}

void Engine::restore_gone(const core::StateChange& state, const Saved& saved, bool same_boot) {
  Gone gone{state.key, std::nullopt, std::string(split(state.key).device), false};
  if (saved.alert) {
    core::Alert& alert = gone.alert.emplace(saved.alert->alert);
    alert.rule = split(state.key).rule;
    alert.state = core::AlertState::cleared;
    alert.sentence = desk_->words_of_gone(alert.rule, gone.device_id);
    if (!same_boot) {
      alert.first.boot = core::Nanos::zero();
      for (core::EvidenceSample& sample : alert.evidence) sample.at.boot = core::Nanos::zero();
    }
    if (const auto device = device_named(gone.device_id)) {
      alert.device = *device;
      gone.device_known = true;
    }
  }
  gone_.push_back(std::move(gone));
}

std::optional<core::DeviceId> Engine::device_named(std::string_view id) const {
  for (std::size_t i = 0; i < devices_.size(); ++i) {
    if (devices_[i].id == id) return static_cast<core::DeviceId>(i);
  }
  return std::nullopt;
}

}  // namespace afferent::rules
