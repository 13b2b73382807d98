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
  static constexpr std::size_t kRoom = 8u << 20;         // bytes for everything
  static constexpr std::size_t kReserve = 2u << 20;      // more, for alerts and retained messages
  static constexpr std::size_t kMostWaiting = 10'000;    // parcels with alerts that found even the reserve full
  static constexpr std::size_t kWaitingRoom = 8u << 20;  // bytes of these

  Downlink(core::BoundedQueue<core::DownItem>& queue, const core::GapWriter& gaps) : queue_(queue), gaps_(gaps) {}

  // Telemetry that does not fit is dropped and counted; alerts and state changes wait here until they fit. When even
  // this is full alerts are counted too. A state is never dropped, since who gave it does not give it again until it
  // changes: of those that come without alerts the newest of each key waits, and there are only so many keys.
  void send(core::Parcel parcel);
  bool send(core::SlotMessage message);   // false when it did not fit: the next one of its topic will do
  bool send(const core::BootFact& fact);  // false when it did not fit: to be sent again
  void retry();                           // what waits, and the Gap for what was dropped; call it once a second

  void drain();  // at the end, when nobody produces any more: all that waits, whatever room there is

  std::uint64_t dropped_readings() const { return dropped_readings_; }

 private:
  bool push(core::Parcel& parcel, bool reserve = false);
  void keep(core::Parcel parcel);
  void keep_state(core::Parcel parcel);
  void forget_older(const core::Parcel& newer);
  void drop(const core::Envelope& envelope);

  core::BoundedQueue<core::DownItem>& queue_;
  const core::GapWriter& gaps_;
  std::deque<core::Parcel> waiting_;
  std::size_t alerts_waiting_ = 0;                                        // parcels in waiting_ that have alerts
  std::size_t bytes_waiting_ = 0;                                         // of these
  std::map<std::pair<std::string, core::Kind>, core::GapFacts> dropped_;  // by stream, not yet told
  std::uint64_t dropped_readings_ = 0;
};

}  // namespace afferent::app
