#include "agent/rules/saved.h"

#include <algorithm>
#include <cmath>

namespace afferent::rules {
namespace {

using core::Stamp;

constexpr std::size_t kMostOwn = 1024;

// False for an enumerator that does not exist.
template <class E>
bool take(Unpacker& from, E& to, E last) {
  const auto raw = from.get<std::uint8_t>();
  to = static_cast<E>(raw);
  return from.ok() && raw <= static_cast<std::uint8_t>(last);
}

}  // namespace

void put(Packer& to, const Stamp& stamp) {
  to.put(static_cast<std::int64_t>(stamp.boot.count()));
  to.put(static_cast<std::int64_t>(stamp.utc.count()));
  to.put(static_cast<std::uint8_t>(stamp.clock));
}

bool take(Unpacker& from, core::Nanos& to) {
  to = core::Nanos(from.get<std::int64_t>());
  return from.ok() && to > core::Nanos::min() / 4 && to < core::Nanos::max() / 4;  // sums cannot overflow
}

bool take(Unpacker& from, core::Micros& to) {
  constexpr core::Micros kMost = std::chrono::duration_cast<core::Micros>(core::Nanos::max() / 2);  // 146 years
  to = core::Micros(from.get<std::int64_t>());
  return from.ok() && to > -kMost && to < kMost;  // the time between two is no overflow in nanoseconds
}

bool take(Unpacker& from, Stamp& to) {
  if (!take(from, to.boot)) return false;
  return take(from, to.utc) && take(from, to.clock, core::ClockState::synced);
}

namespace {

bool take(Unpacker& from, double& to) {
  to = from.get<double>();
  return from.ok() && std::isfinite(to);
}

void put(Packer& to, const SavedAlert& saved) {
  const core::Alert& alert = saved.alert;
  to.put_bytes(alert.id);
  to.put(static_cast<std::uint8_t>(alert.severity));
  to.put(static_cast<std::uint8_t>(saved.particulars.phrase));
  put(to, alert.first);
  put(to, alert.last);
  to.put(alert.value);
  to.put(static_cast<std::uint8_t>(alert.limit ? 1 : 0));
  to.put(alert.limit.value_or(0.0));
  to.put(saved.badness);
  to.put(static_cast<std::int64_t>(saved.published_age.count()));
  to.put_text(alert.channel);
  to.put_text(alert.domain);
  to.put_text(alert.unit);
  to.put(static_cast<std::uint8_t>(alert.evidence.size()));
  for (const core::EvidenceSample& sample : alert.evidence) {
    put(to, sample.at);
    to.put(sample.value);
  }
}

bool take_evidence(Unpacker& from, core::Alert& alert) {
  const auto count = from.get<std::uint8_t>();
  if (count > kMostEvidence) return false;
  for (std::size_t i = 0; i < count; ++i) {
    core::EvidenceSample sample;
    if (!take(from, sample.at) || !take(from, sample.value)) return false;
    alert.evidence.push_back(sample);
  }
  return from.ok();
}

bool take(Unpacker& from, SavedAlert& saved) {
  core::Alert& alert = saved.alert;
  const core::ByteView id = from.get_bytes(alert.id.size());
  if (id.size() != alert.id.size()) return false;
  std::copy(id.begin(), id.end(), alert.id.begin());
  if (!take(from, alert.severity, core::Severity::red)) return false;
  if (!take(from, saved.particulars.phrase, static_cast<Phrase>(kPhrases - 1))) return false;
  if (!take(from, alert.first) || !take(from, alert.last) || !take(from, alert.value)) return false;
  const auto has_limit = from.get<std::uint8_t>();
  double limit = 0.0;
  if (!take(from, limit) || has_limit > 1) return false;
  if (has_limit == 1) alert.limit = limit;
  if (!take(from, saved.badness) || !take(from, saved.published_age)) return false;
  alert.channel = from.get_text();
  alert.domain = from.get_text();
  alert.unit = from.get_text();
  saved.told_severity = alert.severity;
  return take_evidence(from, alert);
}

// What stands in a saved state since version 2.

template <class T, class Put>
void put_optional(Packer& to, const std::optional<T>& value, Put put_value) {
  to.put(static_cast<std::uint8_t>(value ? 1 : 0));
  if (value) put_value(*value);
}

// False when the bytes are wrong; `there` says whether a value follows.
bool take_flag(Unpacker& from, bool& there) {
  const auto flag = from.get<std::uint8_t>();
  there = flag == 1;
  return from.ok() && flag <= 1;
}

void put_more(Packer& to, const SavedAlert& saved) {
  const core::Alert& alert = saved.alert;
  const Particulars& more = saved.particulars;
  to.put(static_cast<std::uint8_t>(saved.told_severity));
  to.put_text(more.detail);
  put_optional(to, more.other, [&](double other) { to.put(other); });
  put_optional(to, more.when, [&](core::Micros when) { to.put(static_cast<std::int64_t>(when.count())); });
  put_optional(to, more.span, [&](core::Nanos span) { to.put(static_cast<std::int64_t>(span.count())); });
  put_optional(to, alert.acknowledged, [&](const core::Acknowledgement& by) {
    to.put_text(by.who);
    to.put_text(by.note);
    put(to, by.at);
  });
  to.put(alert.flapping);
  to.put(static_cast<std::uint8_t>(saved.raise_ages.size()));
  for (const core::Nanos age : saved.raise_ages) to.put(static_cast<std::int64_t>(age.count()));
  put_optional(to, saved.calm, [&](const SavedCalm& calm) {
    to.put(static_cast<std::int64_t>(calm.age.count()));
    to.put(calm.value);
  });
}

bool take_particulars(Unpacker& from, Particulars& more) {
  bool there = false;
  more.detail = from.get_text();
  if (!take_flag(from, there) || (there && !take(from, more.other.emplace()))) return false;
  if (!take_flag(from, there)) return false;
  if (there && !take(from, more.when.emplace())) return false;
  if (!take_flag(from, there) || (there && !take(from, more.span.emplace()))) return false;
  return from.ok();
}

bool take_more(Unpacker& from, SavedAlert& saved) {
  bool there = false;
  if (!take(from, saved.told_severity, core::Severity::red) || !take_particulars(from, saved.particulars)) return false;
  if (!take_flag(from, there)) return false;
  if (there) {
    core::Acknowledgement& by = saved.alert.acknowledged.emplace();
    by.who = from.get_text();
    by.note = from.get_text();
    if (!take(from, by.at)) return false;
  }
  saved.alert.flapping = from.get<std::uint32_t>();
  const auto raises = from.get<std::uint8_t>();
  for (std::size_t i = 0; i < raises; ++i) {
    if (!take(from, saved.raise_ages.emplace_back())) return false;
  }
  if (!take_flag(from, there)) return false;
  if (!there) return true;
  SavedCalm& calm = saved.calm.emplace();
  return take(from, calm.age) && take(from, calm.value);
}

void put(Packer& to, const core::Shelf& shelf) {
  to.put_text(shelf.who);
  to.put_text(shelf.note);
  to.put(static_cast<std::int64_t>(shelf.until.count()));
  put_optional(to, shelf.until_utc, [&](core::Micros utc) { to.put(static_cast<std::int64_t>(utc.count())); });
  to.put(static_cast<std::uint8_t>(shelf.above));
}

bool take(Unpacker& from, core::Shelf& shelf) {
  bool there = false;
  shelf.who = from.get_text();
  shelf.note = from.get_text();
  if (!take(from, shelf.until) || !take_flag(from, there)) return false;
  if (there && !take(from, shelf.until_utc.emplace())) return false;
  return take(from, shelf.above, core::Severity::red);
}

bool take(Unpacker& from, Saved& saved, std::uint32_t version) {
  saved.kind = from.get_text();
  saved.boot = from.get<std::uint64_t>();
  if (!take(from, saved.at)) return false;
  const auto has_alert = from.get<std::uint8_t>();
  if (!from.ok() || has_alert > 1) return false;
  if (has_alert == 1 && !take(from, saved.alert.emplace())) return false;
  if (version >= 2) {
    bool there = false;
    if (saved.alert && !take_more(from, *saved.alert)) return false;
    if (!take_flag(from, there) || (there && !take(from, saved.shelf.emplace()))) return false;
  }
  const auto length = from.get<std::uint16_t>();
  if (length > kMostOwn) return false;
  const core::ByteView own = from.get_bytes(length);
  saved.own.assign(own.begin(), own.end());
  return from.ok() && from.at_end();
}

}  // namespace

core::Bytes pack(const Saved& saved) {
  Packer to;
  to.put_text(saved.kind);
  to.put(saved.boot);
  put(to, saved.at);
  to.put(static_cast<std::uint8_t>(saved.alert ? 1 : 0));
  if (saved.alert) {
    put(to, *saved.alert);
    put_more(to, *saved.alert);
  }
  put_optional(to, saved.shelf, [&](const core::Shelf& shelf) { put(to, shelf); });
  to.put(static_cast<std::uint16_t>(saved.own.size()));
  to.put_bytes(saved.own);
  return to.take();
}

core::Result<Saved> unpack(core::ByteView bytes, std::uint32_t version) {
  Unpacker from(bytes);
  Saved saved;
  if (!take(from, saved, version)) return core::Error(core::ErrorCode::bad_input, "damaged state");
  return saved;
}

std::optional<core::Nanos> elapsed(const Saved& saved, const Stamp& now, std::uint64_t boot) {
  if (saved.boot == boot) {
    if (now.boot < saved.at.boot) return std::nullopt;
    return now.boot - saved.at.boot;
  }
  const bool both_synced = saved.at.clock == core::ClockState::synced && now.clock == core::ClockState::synced;
  if (!both_synced || now.utc < saved.at.utc) return std::nullopt;
  const core::Micros difference = now.utc - saved.at.utc;
  if (difference > std::chrono::hours(24 * 3660)) return std::nullopt;  // no gateway rests for ten years
  return difference;
}

}  // namespace afferent::rules
