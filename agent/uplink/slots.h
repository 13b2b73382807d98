// Retained messages outside the outbox: node status, domain states, inventories. The last of each topic wins; each is
// published when it comes and again on every new connection, from memory. They may take half of what the broker lets be
// in flight. Used by the deliver thread only.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "agent/core/envelope.h"
#include "agent/core/log.h"
#include "agent/core/time.h"
#include "agent/core/uplink.h"
#include "agent/uplink/room.h"
#include "agent/uplink/times.h"
#include "agent/uplink/tokens.h"

namespace afferent::uplink {

class Slots {
 public:
  Slots(core::Uplink& uplink, Room& room, core::Log& log) : uplink_(uplink), room_(room), log_(log) {}

  void update(core::SlotMessage&& message);
  // A maximum packet of 0: the broker names none.
  void connected(std::uint64_t most_packet, std::uint16_t receive_maximum, core::Nanos now);
  void publish(core::Nanos now);  // what is not yet published on this connection
  void acked(const Token& token);
  void refused(const Token& token, int code, core::Nanos now);

  std::uint64_t in_flight() const { return flights_.size(); }
  core::Nanos oldest() const;   // when the oldest unanswered one was sent; kNever: none is
  bool settled() const;         // the newest of each topic is acknowledged, or its topic refused
  std::string trouble() const;  // which topic the broker refuses, and why

 private:
  enum class State : std::uint8_t { fresh, sent, settled };
  struct Slot {
    core::SlotMessage message;
    std::uint32_t version = 0;  // an answer counts for the version that it is for
    State state = State::fresh;
    std::string refusal;
    bool unanswered = false;  // some version of it is in flight
    core::Nanos sent_at{};    // the first of them
    bool doubtful = false;    // it was refused, or in flight when the connection ended
    core::Nanos retry_at = core::Nanos::min();
    GrowingPause pause{core::Seconds{1}, core::Seconds{60}};
  };

  Slot* answered(const Token& token);  // nullptr: it was for another connection
  bool may_send(const Slot& slot, core::Nanos now) const;
  bool send(std::size_t index, std::size_t packet, core::Nanos now);  // false: not now, and no other either
  bool is_newest(const Slot& slot, const Token& token) const;
  void refuse(Slot& slot, std::string why);

  core::Uplink& uplink_;
  Room& room_;
  core::Log& log_;
  std::vector<Slot> slots_;
  std::uint8_t connection_ = 0;  // counts connections
  std::uint64_t most_packet_ = 0;
  std::uint64_t most_in_flight_ = 0;
  std::map<std::uint64_t, std::size_t> flights_;  // slot and version, with the bytes that it takes
  bool work_ = false;                             // some slot is fresh
};

}  // namespace afferent::uplink
