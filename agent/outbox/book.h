// What the store knows of its rows without asking the database: streams, sums, and the Gaps that may still grow.
// A value: a round works on a copy, which becomes the truth when the round is committed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/sealer.h"
#include "agent/outbox/store.h"

namespace afferent::outbox {

// What a row counts for beside its payload: header, key, its share of the tree.
inline constexpr std::uint64_t kRowOverhead = 64;
inline constexpr std::uint64_t cost_of(std::uint64_t payload) { return payload + kRowOverhead; }

// Something was lost: the facts, and the boot that their times belong to.
struct Loss {
  core::GapFacts facts;
  std::uint64_t boot = 0;
};

// True when one Gap can tell of both; what was dropped before commit has no sequence and a Gap of its own.
bool belong_together(const Loss& one, const Loss& other);
void merge(Loss& into, const Loss& more);
// Adds to the loss that it belongs to, or at the end.
void merge(std::vector<Loss>& into, const Loss& more);

struct OpenGap {  // the last Gap of its sort; it can grow until it was read
  Loss loss;
  std::size_t stream = 0;
  std::uint64_t sequence = 0;
  std::uint64_t payload = 0;  // bytes
};

struct Book {
  std::vector<Stream> streams;
  std::vector<std::uint64_t> held;  // bytes of the rows of each stream, with their overhead
  std::vector<OpenGap> gaps;
  std::uint64_t age = 0;  // of the last commit
  std::uint64_t committed_readings = 0;
  std::uint64_t dropped_readings = 0;

  std::optional<std::size_t> find(std::string_view domain, core::Kind kind) const;
  std::size_t add(std::string_view domain, core::Kind kind);
  std::uint64_t bytes() const;
  std::uint64_t telemetry_bytes() const;
};

}  // namespace afferent::outbox
