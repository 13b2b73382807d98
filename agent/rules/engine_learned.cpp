// Engine: what instances have learned in hours, saved one after the other over an hour and all at shutdown.
#include "agent/rules/engine.h"

namespace afferent::rules {
namespace {

constexpr std::string_view kPrefix = "learned/";
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
  for (const std::uint32_t seat : learners_) save_learned(seat, now, output);
}

void Engine::save_learned(std::uint32_t seat, const core::Stamp& now, Output& output) {
  Packer own;
  instances_[seat]->learned(now.boot, own);
  const core::Bytes bytes = own.take();
  if (bytes.empty() || bytes.size() > rules_[seats_[seat].rule].kind->most_learned) return;
  Packer to;
  to.put_text(rules_[seats_[seat].rule].setup.kind);
  to.put(boot_);
  put(to, now);
  to.put_bytes(bytes);
  output.state({std::string(kPrefix) + desk_->key(seat), kVersion, to.take()});
}

bool Engine::is_learned(std::string_view key) { return key.starts_with(kPrefix); }

bool Engine::restore_learned(const core::StateChange& state, const core::Stamp& now, std::uint64_t boot,
                             const std::map<std::string, std::uint32_t>& seats) {
  if (state.version != kVersion) return false;  // a newer agent's: left alone for it
  const auto found = seats.find(state.key.substr(kPrefix.size()));
  Unpacker from(state.bytes);
  Saved saved;
  saved.kind = from.get_text();
  saved.boot = from.get<std::uint64_t>();
  const bool right = take(from, saved.at);
  if (found == seats.end() || !right || rules_[seats_[found->second].rule].setup.kind != saved.kind) {
    gone_.push_back({state.key, std::nullopt, {}, false});
    return right;
  }
  const std::uint32_t seat = found->second;
  if (instances_[seat]->remember(from, {now.boot, elapsed(saved, now, boot)}) && from.ok() && from.at_end())
    return true;
  instances_[seat] = rules_[seats_[seat].rule].rule->make();
  return false;
}

}  // namespace afferent::rules
