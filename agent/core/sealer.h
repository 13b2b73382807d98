// Appends the seal to an encoded message at publish. Codec implements it, app injects it, so that the store and the
// uplink never see protobuf. Thread-safe (a pure function of its arguments).
#pragma once

#include <cstdint>
#include <optional>

#include "agent/core/bytes.h"
#include "agent/core/envelope.h"

namespace afferent::core {

struct SealFacts {
  std::uint64_t epoch = 0;
  std::uint64_t sequence = 0;
  std::uint64_t previous = 0;         // the sequence published before it in its stream, 0 at an epoch's start
  std::uint64_t boot = 0;             // which boot the message's boot times belong to
  std::optional<Micros> utc_at_boot;  // UTC when that boot began; nothing while it is unknown
  ClockState clock = ClockState::unsynced;
};

class Sealer {
 public:
  virtual ~Sealer() = default;
  virtual void seal(const SealFacts& facts, Bytes& payload) const = 0;
};

// How a Gap message comes to be when the outbox drops something. Implemented by codec, injected like the sealer.
struct GapFacts {
  std::string domain;
  Kind kind = Kind::telemetry;
  std::uint64_t first_sequence = 0;  // 0 for what was dropped before commit and so never had one
  std::uint64_t last_sequence = 0;
  Nanos first{};
  Nanos last{};
  std::uint64_t messages = 0;
  std::uint64_t readings = 0;
  std::string reason;  // "quota", "disk full", "queue full", "too large", "damaged store"
};

class GapWriter {
 public:
  virtual ~GapWriter() = default;
  virtual Envelope write(const GapFacts& facts) const = 0;  // thread-safe
};

}  // namespace afferent::core
