// The sense side of the queue down: one parcel per call, and an account of what did not fit. Loop-bound.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <utility>

#include "agent/core/delivery.h"
#include "agent/core/queue.h"
#include "agent/core/sealer.h"

namespace afferent::app {

class Downlink {
 public:
  static constexpr std::size_t kRoom = 8u << 20;       // bytes for everything
  static constexpr std::size_t kReserve = 2u << 20;    // more, for alerts and retained messages
  static constexpr std::size_t kMostWaiting = 10'000;  // parcels that found even the reserve full

  Downlink(core::BoundedQueue<core::DownItem>& queue, const core::GapWriter& gaps) : queue_(queue), gaps_(gaps) {}

  // Telemetry that does not fit is dropped and counted; alerts and state changes wait here until they fit. When even
  // this is full alerts are counted too; a state goes silently, since the next one says the same. Of states that come
  // without alerts only the newest of each key waits.
  void send(core::Parcel parcel);
  bool send(core::SlotMessage message);   // false when it did not fit: the next one of its topic will do
  bool send(const core::BootFact& fact);  // false when it did not fit: to be sent again
  void retry();                           // what waits, and the Gap for what was dropped; call it once a second

  void drain();  // at the end, when nobody produces any more: all that waits, whatever room there is

  std::uint64_t dropped_readings() const { return dropped_readings_; }

 private:
  bool push(core::Parcel& parcel, bool reserve = false);
  void forget_older(const core::Parcel& newer);
  void drop(const core::Envelope& envelope);

  core::BoundedQueue<core::DownItem>& queue_;
  const core::GapWriter& gaps_;
  std::deque<core::Parcel> waiting_;
  std::map<std::pair<std::string, core::Kind>, core::GapFacts> dropped_;  // by stream, not yet told
  std::uint64_t dropped_readings_ = 0;
};

}  // namespace afferent::app
