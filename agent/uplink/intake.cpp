#include "agent/uplink/intake.h"

#include <algorithm>
#include <string>

namespace afferent::uplink {
namespace {

std::size_t size_of(const core::Parcel& parcel) {
  std::size_t sum = sizeof(parcel);
  for (const core::Envelope& envelope : parcel.envelopes) sum += sizeof(envelope) + envelope.payload.size();
  for (const core::StateChange& change : parcel.changes) sum += sizeof(change) + change.bytes.size();
  return sum;
}

bool may_wait(const core::Parcel& parcel) {
  return std::all_of(parcel.envelopes.begin(), parcel.envelopes.end(), [](const core::Envelope& envelope) {
    return core::priority_of(envelope.kind) == core::Priority::telemetry;
  });
}

std::uint64_t readings_in(const std::vector<core::Parcel>& parcels) {
  std::uint64_t sum = 0;
  for (const core::Parcel& parcel : parcels) {
    for (const core::Envelope& envelope : parcel.envelopes) sum += envelope.readings;
  }
  return sum;
}

}  // namespace

void Intake::add(core::Parcel&& parcel, core::Nanos now) {
  bytes_ += size_of(parcel);
  if (!failing_) {
    const bool wait = flush_ > core::Nanos::zero() && may_wait(parcel) && bytes_ < kMostBytes;
    due_ = std::min(due_, wait ? now + flush_ : now);
  }
  parcels_.push_back(std::move(parcel));
}

std::uint64_t Intake::waiting_readings() const { return readings_in(parcels_); }

core::Nanos Intake::due() const { return parcels_.empty() ? kNever : due_; }

bool Intake::commit(core::Nanos now, bool all) {
  if (parcels_.empty() || (!all && now < due_)) return false;
  const std::uint64_t offered = readings_in(parcels_);
  const std::uint64_t dropped_before = store_.dropped_readings();
  const core::Result<void> result = store_.commit(parcels_);
  if (result) {
    committed_readings_ += offered;
    if (failing_) log_.info("store", "commits succeed again");
    parcels_.clear();
    bytes_ = 0;
    failing_ = false;
    due_ = kNever;
    pause_.reset();
    return true;
  }
  const std::uint64_t gone = readings_in(parcels_) + (store_.dropped_readings() - dropped_before);
  committed_readings_ += offered > gone ? offered - gone : 0;
  bytes_ = 0;
  for (const core::Parcel& parcel : parcels_) bytes_ += size_of(parcel);
  failed(result.error(), now);
  return false;
}

void Intake::failed(const core::Error& error, core::Nanos now) {
  if (!failing_)
    log_.error("store", "commit failed, " + error.message() + "; what is not stored is kept and tried again");
  failing_ = true;
  const bool full = error.code() == core::ErrorCode::full;
  if (full) pause_.reset();
  due_ = now + (full ? core::Nanos{core::Seconds{1}} : pause_.next());
}

}  // namespace afferent::uplink
