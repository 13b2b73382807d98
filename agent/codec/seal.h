// Seals and gaps: the codec's side of what the outbox and the uplink do with a message. Thread-safe.
#pragma once

#include <string>

#include "agent/core/sealer.h"

namespace afferent::codec {

// Appends the seal as the last field of any message of afferent.proto; protobuf merges it on reading, so that nothing
// is encoded twice.
class Sealer final : public core::Sealer {
 public:
  explicit Sealer(std::string node) : node_(std::move(node)) {}
  void seal(const core::SealFacts& facts, core::Bytes& payload) const override;

 private:
  const std::string node_;
};

class GapWriter final : public core::GapWriter {
 public:
  core::Envelope write(const core::GapFacts& facts) const override;
};

}  // namespace afferent::codec
