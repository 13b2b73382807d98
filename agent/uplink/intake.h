// What came down the queue and waits for its commit. Used by the deliver thread only.
//
// A failed commit loses nothing: what is not stored is kept and given again, every second while the disk is full, with
// growing pauses after an I/O error. Meanwhile the queue behind it fills (accepts_more() is false once enough is kept).
#pragma once

#include <cstdint>
#include <vector>

#include "agent/core/delivery.h"
#include "agent/core/log.h"
#include "agent/outbox/store.h"
#include "agent/uplink/times.h"

namespace afferent::uplink {

class Intake {
 public:
  // Telemetry may wait for `flush`; an alert, and whatever is in a parcel with one, is committed in the same round.
  Intake(outbox::Store& store, core::Log& log, core::Nanos flush) : store_(store), log_(log), flush_(flush) {}

  void add(core::Parcel&& parcel, core::Nanos now);
  // Commits if something is due, or if anything is there and `all`. True when something was committed.
  bool commit(core::Nanos now, bool all = false);
  core::Nanos due() const;  // when commit() wants to be called again; kNever: nothing waits
  bool accepts_more() const { return bytes_ < kMostBytes; }

  std::size_t waiting() const { return parcels_.size(); }
  std::uint64_t waiting_readings() const;

 private:
  static constexpr std::size_t kMostBytes = 1u << 20;

  void failed(core::ErrorCode code, core::Nanos now);

  outbox::Store& store_;
  core::Log& log_;
  const core::Nanos flush_;
  std::vector<core::Parcel> parcels_;
  std::size_t bytes_ = 0;
  core::Nanos due_ = kNever;
  bool failing_ = false;
  GrowingPause pause_{core::Millis{500}, core::Seconds{10}};
};

}  // namespace afferent::uplink
