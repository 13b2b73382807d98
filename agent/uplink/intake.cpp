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

}  // namespace

void Intake::add(core::Parcel&& parcel, core::Nanos now) {
  bytes_ += size_of(parcel);
  if (!failing_) {
    const bool wait = flush_ > core::Nanos::zero() && may_wait(parcel) && bytes_ < kMostBytes;
    due_ = std::min(due_, wait ? now + flush_ : now);
  }
  parcels_.push_back(std::move(parcel));
}

std::uint64_t Intake::waiting_readings() const {
  std::uint64_t sum = 0;
  for (const core::Parcel& parcel : parcels_) {
    for (const core::Envelope& envelope : parcel.envelopes) sum += envelope.readings;
  }
  return sum;
}

core::Nanos Intake::due() const { return parcels_.empty() ? kNever : due_; }

bool Intake::commit(core::Nanos now, bool all) {
  if (parcels_.empty() || (!all && now < due_)) return false;
  const std::size_t given = parcels_.size();
  const core::Result<void> result = store_.commit(parcels_);
  if (result) {
    if (failing_) log_.info("store", "commits succeed again");
    parcels_.clear();
    bytes_ = 0;
    failing_ = false;
    due_ = kNever;
    pause_.reset();
    return true;
  }
  bytes_ = 0;
  for (const core::Parcel& parcel : parcels_) bytes_ += size_of(parcel);
  failed(result.error().code(), now);
  return parcels_.size() < given;
}

void Intake::failed(core::ErrorCode code, core::Nanos now) {
  failing_ = true;  // the store has said why
  const bool full = code == core::ErrorCode::full;
  if (full) pause_.reset();
  due_ = now + (full ? core::Nanos{core::Seconds{1}} : pause_.next());
}

}  // namespace afferent::uplink
