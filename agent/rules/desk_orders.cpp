// Desk: what people say to an alert.
#include "agent/core/bytes.h"
#include "agent/rules/desk.h"
#include "agent/rules/wording.h"

namespace afferent::rules {
namespace {

using core::AlertState;
using core::Stamp;

constexpr std::size_t kShortestPrefix = 4;

core::Error not_active() { return {core::ErrorCode::bad_input, "the alert is not active"}; }

// "since 14:05", or for how long where the clock is not right.
std::string since(const Stamp& then, const Stamp& now, const core::Zone& zone) {
  if (then.clock != core::ClockState::unsynced && now.clock != core::ClockState::unsynced) {
    return "since " + moment_text(zone, now, then.utc);
  }
  if (then.boot == core::Nanos::zero()) return "before the restart";
  return "for " + duration_text(Language::english, now.boot - then.boot);
}

bool same_letters(std::string_view hex, std::string_view prefix) {
  for (std::size_t i = 0; i < prefix.size(); ++i) {
    const char c = prefix[i];
    const char upper = c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
    if (i >= hex.size() || hex[i] != upper) return false;
  }
  return true;
}

}  // namespace

std::vector<std::uint32_t> Desk::named(std::string_view name) const {
  std::vector<std::uint32_t> seats;
  for (std::uint32_t seat = 0; seat < episodes_.size(); ++seat) {
    const Episode* episode = episodes_[seat].get();
    if (episode == nullptr || (!episode->active && !episode->alert.shelf)) continue;
    const bool by_id =
        episode->active && name.size() >= kShortestPrefix && same_letters(core::to_hex(episode->alert.id), name);
    if (by_id || std::string_view(key(seat)).substr(std::string_view("rule/").size()) == name) seats.push_back(seat);
  }
  return seats;
}

core::Result<core::Alert> Desk::acknowledge(const Voice& voice, const Stamp& now, std::string who, std::string note) {
  Episode* episode = episodes_[voice.seat].get();
  if (episode == nullptr || !episode->active) return not_active();
  if (const auto& has = episode->alert.acknowledged) {
    if (has->who == who) return episode->alert;
    return core::Error(core::ErrorCode::bad_input, "it is acknowledged already: by " + has->who + " " +
                                                       since(has->at, now, tools_.zone) +
                                                       (has->note.empty() ? "" : " (" + has->note + ")"));
  }
  episode->alert.acknowledged = core::Acknowledgement{std::move(who), std::move(note), now};
  tell(voice, now, AlertState::acknowledged, Notice::acknowledged, *episode);
  save(voice, now, *episode);
  return episode->alert;
}

core::Result<core::Alert> Desk::shelve(const Voice& voice, const Stamp& now, core::Shelf shelf) {
  Episode* episode = episodes_[voice.seat].get();
  if (episode == nullptr || !episode->active) return not_active();
  if (shelf.until <= now.boot) return core::Error(core::ErrorCode::bad_input, "the end must lie in the future");
  if (shelf.until - now.boot > kLongestOrder) {
    return core::Error(core::ErrorCode::bad_input, "the end must lie within 366 days");
  }
  shelf.above = episode->alert.severity;
  episode->alert.shelf = std::move(shelf);
  tell(voice, now, AlertState::shelved, Notice::shelved, *episode);
  save(voice, now, *episode);
  return episode->alert;
}

core::Result<core::Alert> Desk::unshelve(const Voice& voice, const Stamp& now) {
  Episode* episode = episodes_[voice.seat].get();
  if (episode == nullptr || !episode->alert.shelf) {
    return core::Error(core::ErrorCode::bad_input, "the alert is not shelved");
  }
  core::Alert before = episode->alert;
  episode->alert.shelf->until = now.boot;
  look_again(voice, now);
  episode = episodes_[voice.seat].get();
  if (episode != nullptr) return episode->alert;
  before.shelf.reset();
  return before;
}

void Desk::end_shelf(const Voice& voice, const Stamp& now, Episode& episode) {
  episode.alert.shelf.reset();
  if (!episode.active) return;  // what was held back is raised by itself
  if (episode.alert.severity > episode.told_severity) episode.alert.acknowledged.reset();
  tell(voice, now, AlertState::updated, Notice::unshelved, episode);
  save(voice, now, episode);
}

}  // namespace afferent::rules
