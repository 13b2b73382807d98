// Engine: what instances have learned in hours, saved one after the other over an hour and all at shutdown.
#include "agent/rules/engine.h"

namespace afferent::rules {
namespace {

constexpr std::string_view kPrefix = "learned/";
constexpr char kPart = '#';  // in no id: "learned/rule/shop/reader-1#7"
constexpr std::uint32_t kVersion = 1;
constexpr core::Nanos kEvery = std::chrono::hours(1);

}  // namespace

void Engine::begin_learning(const core::Stamp& now) {
  if (!learners_.empty()) learn_at_ = now.boot + kEvery / static_cast<std::int64_t>(learners_.size());
}

void Engine::learn_next(const core::Stamp& now, Output& output) {
  save_learned(learners_[next_learner_], now, output);
  next_learner_ = (next_learner_ + 1) % learners_.size();
  begin_learning(now);
}

void Engine::close(const core::Stamp& now, Output& output) {
  if (!begun_) return;
  for (const auto* seats : {&learners_, &briefs_}) {
    for (const std::uint32_t seat : *seats) save_learned(seat, now, output);
  }
  for (std::uint32_t seat = 0; seat < seats_.size(); ++seat) desk_->close({seat, *instances_[seat], output}, now);
}

void Engine::save_learned(std::uint32_t seat, const core::Stamp& now, Output& output) {
  Packer own;
  instances_[seat]->learned(now.boot, own);
  core::Bytes bytes = learned_bytes(seat, now, std::move(own));
  if (!bytes.empty()) output.state({std::string(kPrefix) + desk_->key(seat), kVersion, std::move(bytes)});
}

void Engine::save_part(std::uint32_t seat, std::uint16_t part, const core::Stamp& now, Output& output) {
  Packer own;
  instances_[seat]->learned_part(part, now.boot, own);
  // Without bytes what was saved before is dropped: an old copy must not be believed.
  output.state({std::string(kPrefix) + desk_->key(seat) + kPart + std::to_string(part), kVersion,
                learned_bytes(seat, now, std::move(own))});
}

// With whose and of when they are; none where there is nothing, or more than is allowed.
core::Bytes Engine::learned_bytes(std::uint32_t seat, const core::Stamp& now, Packer own) const {
  const core::Bytes bytes = own.take();
  if (bytes.empty() || bytes.size() > rules_[seats_[seat].rule].kind->most_learned) return {};
  Packer to;
  to.put_text(rules_[seats_[seat].rule].setup.kind);
  to.put(boot_);
  put(to, now);
  to.put_bytes(bytes);
  return to.take();
}

bool Engine::is_learned(std::string_view key) { return key.starts_with(kPrefix); }

bool Engine::restore_learned(const core::StateChange& state, const core::Stamp& now, std::uint64_t boot,
                             const std::map<std::string, std::uint32_t>& seats) {
  if (state.version != kVersion) return false;  // a newer agent's: left alone for it
  const std::size_t mark = state.key.find(kPart);
  const auto found = seats.find(state.key.substr(0, mark).substr(kPrefix.size()));
  Unpacker from(state.bytes);
  Saved saved;
  saved.kind = from.get_text();
  saved.boot = from.get<std::uint64_t>();
  const bool right = take(from, saved.at);
  const bool is_part = mark != std::string::npos;
  const auto fits = [&](const RuleEntry& rule) {
    return rule.setup.kind == saved.kind && rule.rule->in_parts == is_part;
  };
  if (found == seats.end() || !right || !fits(rules_[seats_[found->second].rule])) {
    gone_.push_back({state.key, std::nullopt, {}, false});
    return right;
  }
  const std::uint32_t seat = found->second;
  if (is_part) {
    const bool taken = instances_[seat]->remember_part(from, {now.boot, elapsed(saved, now, boot)});
    if (!taken) gone_.push_back({state.key, std::nullopt, {}, false});
    return taken;
  }
  if (rules_[seats_[seat].rule].rule->brief) gone_.push_back({state.key, std::nullopt, {}, false});
  if (instances_[seat]->remember(from, {now.boot, elapsed(saved, now, boot)}) && from.ok() && from.at_end())
    return true;
  instances_[seat] = rules_[seats_[seat].rule].rule->make();
  return false;
}

}  // namespace afferent::rules
