#include "agent/rules/presence.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "agent/rules/saved.h"

namespace afferent::rules {

using core::Nanos;

Presence::Change Presence::seen(const std::string& tag, const Sighting& sighting, const core::Stamp& at,
                                const PresenceTiming& timing) {
  heard_ = at.boot;
  auto found = tags_.find(tag);
  if (found == tags_.end()) {
    if (tags_.size() >= kMost) return Change::none;
    found = tags_.emplace(tag, Tag{.first = at, .last = at, .at = sighting}).first;
  }
  Tag& known = found->second;
  ++known.reads;
  known.last = at;
  if (!known.here) {
    known.at = sighting;
    if (known.reads < timing.confirm) return Change::none;
    known.here = true;
    return Change::arrived;
  }
  if (sighting.antenna == known.at.antenna || sighting.antenna.empty() || known.at.antenna.empty()) {
    known.at = sighting;
    other_antenna_.erase(tag);
    return Change::none;
  }
  // A tag between two antennas is read by both: it has moved when the first has not read it for long.
  const auto since = other_antenna_.emplace(tag, at.boot).first->second;
  if (at.boot - since < timing.gone) return Change::none;
  other_antenna_.erase(tag);
  known.at = sighting;
  return Change::moved;
}

std::vector<Presence::Departed> Presence::expire(Nanos now, const PresenceTiming& timing) {
  std::vector<Departed> departed;
  if (now - heard_ >= timing.gone && now - heard_ < timing.silence) return departed;
  for (auto tag = tags_.begin(); tag != tags_.end();) {
    if (now - tag->second.last.boot < timing.gone) {
      ++tag;
      continue;
    }
    other_antenna_.erase(tag->first);
    if (tag->second.here) departed.push_back({tag->first, tag->second});
    tag = tags_.erase(tag);
  }
  return departed;
}

Nanos Presence::next(Nanos now, const PresenceTiming& timing) const {
  if (tags_.empty()) return Nanos::max();
  Nanos first = now + timing.gone;
  for (const auto& [name, tag] : tags_) first = std::min(first, tag.last.boot + timing.gone);
  if (now - heard_ >= timing.gone && now - heard_ < timing.silence) return heard_ + timing.silence;
  if (first <= now) first = heard_ + std::max(timing.gone, timing.silence);
  return std::max(first, now + Nanos(1));
}

void Presence::save(Nanos now, Packer& to) const {
  constexpr std::size_t kRoom = 16'000;  // bytes
  constexpr std::size_t kPerTag = 2 + 8 + 8 + 8 + 1;
  std::vector<const std::pair<const std::string, Tag>*> kept;
  for (const auto& entry : tags_) {
    if (entry.second.here) kept.push_back(&entry);
  }
  std::sort(kept.begin(), kept.end(),
            [](const auto* a, const auto* b) { return a->second.last.boot > b->second.last.boot; });
  std::size_t count = 0;
  for (std::size_t bytes = 0; count < kept.size(); ++count) {
    bytes += kPerTag + kept[count]->first.size() + kept[count]->second.at.antenna.size();
    if (bytes > kRoom) break;
  }
  kept.resize(count);
  to.put(static_cast<std::uint16_t>(kept.size()));
  for (const auto* entry : kept) {
    to.put_text(entry->first);
    to.put_text(entry->second.at.antenna);
    to.put(entry->second.at.rssi);
    to.put(static_cast<std::int64_t>((now - entry->second.first.boot).count()));
    to.put(static_cast<std::int64_t>(entry->second.first.utc.count()));
    to.put(static_cast<std::uint8_t>(entry->second.stayed ? 1 : 0));
  }
}

// Time in which the agent did not run is not absence: each has its full time to be read again.
bool Presence::restore(Unpacker& from, const Elapsed& elapsed) {
  const auto count = from.get<std::uint16_t>();
  for (std::size_t i = 0; i < count && from.ok(); ++i) {
    std::string tag = from.get_text();
    Tag known;
    known.at.antenna = from.get_text();
    known.at.rssi = from.get<double>();
    known.first.boot = elapsed.boot_time(Nanos(from.get<std::int64_t>())).value_or(elapsed.now);
    if (!take(from, known.first.utc)) return false;
    known.last = known.first;
    known.last.boot = elapsed.now;
    known.here = true;
    known.stayed = from.get<std::uint8_t>() == 1;
    if (from.ok() && tags_.size() < kMost && std::isfinite(known.at.rssi)) tags_.emplace(std::move(tag), known);
  }
  heard_ = elapsed.now;
  return from.ok();
}

}  // namespace afferent::rules
