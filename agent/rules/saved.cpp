#include "agent/rules/saved.h"

#include <algorithm>
#include <cmath>

namespace afferent::rules {
namespace {

using core::Stamp;

constexpr std::size_t kMostOwn = 1024;

void put(Packer& to, const Stamp& stamp) {
  to.put(static_cast<std::int64_t>(stamp.boot.count()));
  to.put(static_cast<std::int64_t>(stamp.utc.count()));
  to.put(static_cast<std::uint8_t>(stamp.clock));
}

// False for an enumerator that does not exist.
template <class E>
bool take(Unpacker& from, E& to, E last) {
  const auto raw = from.get<std::uint8_t>();
  to = static_cast<E>(raw);
  return from.ok() && raw <= static_cast<std::uint8_t>(last);
}

bool take(Unpacker& from, double& to) {
  to = from.get<double>();
  return from.ok() && std::isfinite(to);
}

bool take(Unpacker& from, core::Nanos& to) {
  to = core::Nanos(from.get<std::int64_t>());
  return from.ok() && to > core::Nanos::min() / 4 && to < core::Nanos::max() / 4;  // sums cannot overflow
}

bool take(Unpacker& from, Stamp& to) {
  if (!take(from, to.boot)) return false;
  core::Nanos utc{};
  if (!take(from, utc)) return false;
  to.utc = core::Micros(utc.count());
  return take(from, to.clock, core::ClockState::synced);
}

void put(Packer& to, const SavedAlert& saved) {
  const core::Alert& alert = saved.alert;
  to.put_bytes(alert.id);
  to.put(static_cast<std::uint8_t>(alert.severity));
  to.put(static_cast<std::uint8_t>(saved.phrase));
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
  if (!take(from, saved.phrase, static_cast<Phrase>(kPhrases - 1))) return false;
  if (!take(from, alert.first) || !take(from, alert.last) || !take(from, alert.value)) return false;
  const auto has_limit = from.get<std::uint8_t>();
  double limit = 0.0;
  if (!take(from, limit) || has_limit > 1) return false;
  if (has_limit == 1) alert.limit = limit;
  if (!take(from, saved.badness) || !take(from, saved.published_age)) return false;
  alert.channel = from.get_text();
  alert.domain = from.get_text();
  alert.unit = from.get_text();
  return take_evidence(from, alert);
}

bool take(Unpacker& from, Saved& saved) {
  saved.kind = from.get_text();
  saved.boot = from.get<std::uint64_t>();
  if (!take(from, saved.at)) return false;
  const auto has_alert = from.get<std::uint8_t>();
  if (!from.ok() || has_alert > 1) return false;
  if (has_alert == 1 && !take(from, saved.alert.emplace())) return false;
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
  if (saved.alert) put(to, *saved.alert);
  to.put(static_cast<std::uint16_t>(saved.own.size()));
  to.put_bytes(saved.own);
  return to.take();
}

core::Result<Saved> unpack(core::ByteView bytes) {
  Unpacker from(bytes);
  Saved saved;
  if (!take(from, saved)) return core::Error(core::ErrorCode::bad_input, "damaged state");
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
