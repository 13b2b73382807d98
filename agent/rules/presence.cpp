#include "agent/rules/presence.h"

#include <algorithm>
#include <cmath>
#include <utility>

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

// FNV-1a: the same in every build, as what was saved depends on it.
std::uint16_t Presence::part_of(std::string_view tag) {
  std::uint32_t hash = 2'166'136'261U;
  for (const char c : tag) hash = (hash ^ static_cast<unsigned char>(c)) * 16'777'619U;
  return static_cast<std::uint16_t>((hash ^ hash >> 16) % kParts);
}

void Presence::save(std::uint16_t part, const std::set<std::string>* names, Nanos now, Packer& to) const {
  constexpr std::size_t kPerTag = 2 + 8 + 8 + 1;
  std::vector<const std::pair<const std::string, Tag>*> kept;
  std::size_t bytes = sizeof(std::uint16_t);
  for (const auto& entry : tags_) {
    const auto& [name, tag] = entry;
    if (!tag.here || part_of(name) != part || (names != nullptr && !names->contains(name))) continue;
    bytes += kPerTag + name.size() + tag.at.antenna.size();
    if (bytes > kMostPart) break;
    kept.push_back(&entry);
  }
  if (kept.empty()) return;
  to.put(static_cast<std::uint16_t>(kept.size()));
  for (const auto* entry : kept) {
    const Tag& tag = entry->second;
    to.put_text(entry->first);
    to.put_text(tag.at.antenna);
    to.put(tag.at.rssi);
    to.put(static_cast<std::int64_t>((now - tag.first.boot).count()));
    to.put(static_cast<std::uint8_t>(tag.stayed ? 1 : 0));
  }
}

// Time in which the agent did not run is not absence: each has its full time to be read again.
bool Presence::restore(Unpacker& from, const Elapsed& elapsed) {
  std::map<std::string, Tag> read;
  const auto count = from.get<std::uint16_t>();
  for (std::size_t i = 0; i < count && from.ok(); ++i) {
    std::string name = from.get_text();
    Tag known;
    known.at.antenna = from.get_text();
    known.at.rssi = from.get<double>();
    known.first.boot = elapsed.boot_time(Nanos(from.get<std::int64_t>())).value_or(elapsed.now);
    known.last.boot = elapsed.now;
    known.here = true;
    known.stayed = from.get<std::uint8_t>() == 1;
    if (name.empty() || !std::isfinite(known.at.rssi)) return false;
    read.emplace(std::move(name), known);
  }
  if (!from.ok() || !from.at_end() || tags_.size() + read.size() > kMost) return false;
  tags_.merge(read);
  heard_ = elapsed.now;
  return true;
}

}  // namespace afferent::rules
