#include "agent/rules/operator_facts.h"

#include <algorithm>
#include <charconv>

#include "agent/rules/saved.h"

namespace afferent::rules {
namespace {

using core::Nanos;

constexpr std::uint32_t kVersion = 1;
constexpr Nanos kLookAgain = core::Seconds(60);  // for a clock that became right

std::string key_of(OperatorFacts::Number number) { return "operator/" + std::to_string(number); }

std::optional<OperatorFacts::Number> number_of(std::string_view key) {
  const std::string_view digits = key.substr(std::min(key.size(), key_of(0).size() - 1));
  OperatorFacts::Number number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

std::optional<core::Micros> utc_of(Nanos boot, const core::Stamp& now) {
  if (now.clock == core::ClockState::unsynced) return std::nullopt;
  return now.utc + std::chrono::duration_cast<core::Micros>(boot - now.boot);
}

Nanos boot_of(core::Micros utc, const core::Stamp& now) { return now.boot + (utc - now.utc); }

}  // namespace

core::Result<OperatorFacts::Number> OperatorFacts::add(OperatorFact fact, const core::Stamp& now, Output& output) {
  if (entries_.size() >= kMost) {
    return core::Error(core::ErrorCode::full, "there are " + std::to_string(kMost) + " entries; remove some first");
  }
  if (fact.until <= now.boot || fact.until <= fact.from) {
    return core::Error(core::ErrorCode::bad_input, "the end must lie in the future and after the beginning");
  }
  if (fact.until - now.boot > kLongestOrder || fact.until - fact.from > kLongestOrder) {
    return core::Error(core::ErrorCode::bad_input, "the end must lie within a year from now and from the beginning");
  }
  const Number number = ++last_;
  Entry entry{std::move(fact), {}, {}, false};
  entry.from_utc = utc_of(entry.fact.from, now);
  entry.until_utc = utc_of(entry.fact.until, now);
  save(number, entry, now, output);
  entries_.emplace(number, std::move(entry));
  return number;
}

bool OperatorFacts::remove(Number number, Output& output) {
  if (entries_.erase(number) == 0) return false;
  output.state({key_of(number), kVersion, {}});
  return true;
}

void OperatorFacts::expire(const core::Stamp& now, Output& output) {
  for (const std::string& key : damaged_) output.state({key, kVersion, {}});
  damaged_.clear();
  for (auto it = entries_.begin(); it != entries_.end();) {
    Entry& entry = it->second;
    if (entry.guessed && now.clock == core::ClockState::synced && entry.until_utc && entry.from_utc) {
      entry.fact.from = boot_of(*entry.from_utc, now);
      entry.fact.until = boot_of(*entry.until_utc, now);
      entry.guessed = false;
      save(it->first, entry, now, output);
    }
    if (entry.fact.until > now.boot) {
      ++it;
      continue;
    }
    output.state({key_of(it->first), kVersion, {}});
    it = entries_.erase(it);
  }
}

bool OperatorFacts::holds(OperatorFact::Kind kind, core::DeviceId device, Nanos now) const {
  return std::any_of(entries_.begin(), entries_.end(), [&](const auto& numbered) {
    const OperatorFact& fact = numbered.second.fact;
    return fact.kind == kind && (!fact.device || *fact.device == device) && fact.from <= now && now < fact.until;
  });
}

Nanos OperatorFacts::next(Nanos now) const {
  Nanos first = damaged_.empty() ? Nanos::max() : now;
  for (const auto& [number, entry] : entries_) {
    first = std::min(first, entry.fact.from > now ? entry.fact.from : entry.fact.until);
    if (entry.guessed && entry.until_utc) first = std::min(first, now + kLookAgain);
  }
  return first;
}

std::map<OperatorFacts::Number, OperatorFact> OperatorFacts::all() const {
  std::map<Number, OperatorFact> facts;
  for (const auto& [number, entry] : entries_) facts.emplace(number, entry.fact);
  return facts;
}

void OperatorFacts::save(Number number, const Entry& entry, const core::Stamp& now, Output& output) const {
  Packer to;
  to.put(boot_);
  put(to, now);
  to.put(static_cast<std::uint8_t>(entry.fact.kind));
  to.put_text(entry.fact.device ? devices_[core::index(*entry.fact.device)].id : std::string());
  to.put(static_cast<std::int64_t>((entry.fact.from - now.boot).count()));
  to.put(static_cast<std::int64_t>((entry.fact.until - now.boot).count()));
  to.put(static_cast<std::uint8_t>(entry.until_utc ? 1 : 0));
  to.put(static_cast<std::int64_t>(entry.from_utc.value_or(core::Micros{}).count()));
  to.put(static_cast<std::int64_t>(entry.until_utc.value_or(core::Micros{}).count()));
  to.put_text(entry.fact.who);
  to.put_text(entry.fact.note);
  output.state({key_of(number), kVersion, to.take()});
}

bool OperatorFacts::restore(const core::StateChange& state, const core::Stamp& now) {
  const auto number = number_of(state.key);
  if (number) last_ = std::max(last_, *number);
  if (state.version != kVersion) return false;  // a newer agent's: left alone for it
  Unpacker from(state.bytes);
  Saved saved;
  saved.boot = from.get<std::uint64_t>();
  const bool stamped = take(from, saved.at);
  Entry entry;
  const auto kind = from.get<std::uint8_t>();
  entry.fact.kind = static_cast<OperatorFact::Kind>(kind);
  const std::string device = from.get_text();
  Nanos begins{};
  Nanos ends{};
  const bool timed = take(from, begins) && take(from, ends);
  const bool known = from.get<std::uint8_t>() == 1;
  core::Micros from_utc{};
  core::Micros until_utc{};
  const bool dated = take(from, from_utc) && take(from, until_utc);
  entry.fact.who = from.get_text();
  entry.fact.note = from.get_text();
  const auto named =
      std::find_if(devices_.begin(), devices_.end(), [&](const DeviceNames& d) { return d.id == device; });
  if (!device.empty() && named != devices_.end()) {
    entry.fact.device = static_cast<core::DeviceId>(named - devices_.begin());
  }
  const bool right = number && stamped && timed && dated && from.ok() && from.at_end() && kind <= 1 &&
                     ends - begins <= kLongestOrder && (device.empty() || entry.fact.device);
  if (!right || entries_.size() >= kMost) {
    damaged_.push_back(state.key);
    return false;
  }
  if (known) entry.from_utc = from_utc, entry.until_utc = until_utc;
  const auto since = elapsed(saved, now, boot_);
  entry.guessed = !since;
  entry.fact.from = now.boot - since.value_or(Nanos::zero()) + begins;
  entry.fact.until = now.boot - since.value_or(Nanos::zero()) + ends;
  entries_.emplace(*number, std::move(entry));
  return true;
}

}  // namespace afferent::rules
