// What leaves the gateway: encoded bytes with an address and a priority. The outbox knows no more of it than stands
// here. Value types.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/bytes.h"
#include "agent/core/time.h"

namespace afferent::core {

enum class Kind : std::uint8_t {
  telemetry,
  alert,
  event,
  custody,
  gap,
  state,
  inventory,
  ledger,
  status,
  command,
  reply
};
std::string_view name_of(Kind kind);

// Drained in this order; what is not telemetry is never evicted by telemetry.
enum class Priority : std::uint8_t { alert, gap, telemetry };
Priority priority_of(Kind kind);  // alert: alert, event, custody

// A stream is domain/kind: order and sequence numbers are kept within it.
struct Envelope {
  std::string domain;
  Kind kind = Kind::telemetry;
  Bytes payload;               // protobuf without its seal, which is appended at publish
  std::uint32_t readings = 0;  // how many readings it carries: the account of a Gap
  Nanos first{};               // boot time of its first and last reading
  Nanos last{};
};

// A part of the agent's memory that must survive a restart: committed in the same transaction as the envelopes beside
// it.
struct StateChange {
  std::string key;            // "rule/ID/DEVICE", "driver/DEVICE", "driver/PORT/DRIVER"
  std::uint32_t version = 1;  // of the layout of `bytes`
  Bytes bytes;                // empty: forget the key
};

// One item of the queue down, committed as a whole or not at all.
struct Parcel {
  std::vector<Envelope> envelopes;
  std::vector<StateChange> changes;
};

// Messages outside the outbox: retained, latest wins, refreshed on `connected`.
struct SlotMessage {
  std::string topic;
  Bytes payload;
};

}  // namespace afferent::core
