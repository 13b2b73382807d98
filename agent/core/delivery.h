// What passes between the sense and the deliver thread: one bounded queue down, reports up. Value types.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "agent/core/envelope.h"

namespace afferent::core {

// Posted up by the deliver thread when something changed, at most once a second otherwise.
struct DeliveryReport {
  bool connected = false;
  std::uint64_t session = 0;       // random, new with each connection; stands in the will and in NodeStatus
  bool connected_now = false;      // this report announces a new connection: refresh the retained messages
  bool mqtt5 = false;              // false while connected: refusals cannot be seen ("unconfirmed (MQTT 3.1.1)")
  std::string broker;              // host:port
  std::uint64_t most_message = 0;  // bytes of a payload that the broker takes; 0: not known
  std::string trouble;             // why not connected, or which stream is refused and why; empty: none
  std::uint64_t epoch = 0;
  std::map<std::string, std::uint64_t> next_sequence;  // stream "flood/alert" -> next
  std::uint64_t backlog_messages = 0;
  std::uint64_t backlog_bytes = 0;
  std::uint64_t delivered_messages = 0;  // acknowledged by the broker since start
  std::uint64_t delivered_readings = 0;
  std::uint64_t committed_readings = 0;  // since start
  std::uint64_t dropped_readings = 0;    // since start, each accounted for in a Gap
  std::string store_trouble;             // "disk full", "damaged store set aside as ..."; empty: none
};

// Posted down: what UTC the running boot began at, once that is known or better known.
struct BootFact {
  std::uint64_t boot = 0;
  Micros utc_at_boot{};
  ClockState clock = ClockState::unsynced;
};

struct SlotUpdate {  // replaces what was waiting for the same topic
  SlotMessage message;
};

using DownItem = std::variant<Parcel, SlotUpdate, BootFact>;

}  // namespace afferent::core
