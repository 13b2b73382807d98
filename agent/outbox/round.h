// One transaction: what goes in, what goes out, and the book as it is once the transaction is committed. It writes to
// the tables and changes nothing else, so a round that fails is rolled back and forgotten. Belongs to the deliver
// thread, lives for one call.
#pragma once

#include <cstdint>
#include <vector>

#include "agent/core/envelope.h"
#include "agent/core/result.h"
#include "agent/core/sealer.h"
#include "agent/outbox/book.h"
#include "agent/outbox/marks.h"
#include "agent/outbox/tables.h"

namespace afferent::outbox {

struct Quota {
  std::uint64_t total = 0;      // bytes of all rows
  std::uint64_t telemetry = 0;  // bytes of the rows of telemetry
};

struct RoundTools {
  Tables& tables;
  const Marks& marks;
  const core::GapWriter& gaps;
  Quota quota;
  std::uint64_t boot = 0;  // that rows of this round belong to
};

// What the cache has to learn when the round is committed.
struct RoundEffects {
  struct Inserted {
    Row row;  // without its payload while `source` is set
    core::Bytes* source = nullptr;
  };
  struct Removed {
    std::size_t stream;
    std::uint64_t first, last;
  };
  std::vector<Inserted> inserted;
  std::vector<Row> replaced;
  std::vector<Removed> removed;  // after the inserts
  bool acknowledged = false;     // what was acknowledged is gone
};

class Round {
 public:
  // `book` outlives the round.
  Round(RoundTools tools, const Book& book) : tools_(tools), before_(book), book_(book) { ++book_.age; }

  // The envelope must stay where it is until the round is over.
  core::Result<void> insert(core::Envelope& envelope);
  core::Result<void> change(const core::StateChange& change) { return tools_.tables.put_state(change); }
  // Deletes what the marks call acknowledged.
  core::Result<void> remove_acknowledged();
  // Gives a row the next sequence of its stream. Nothing to do when there is no such row, or when it is damaged.
  core::Result<void> move_to_end(std::size_t stream, std::uint64_t sequence);
  // Deletes one row and accounts for it, unless it is a Gap itself. False when there is no such row.
  core::Result<bool> set_aside(std::size_t stream, std::uint64_t sequence, const std::string& reason);
  // Commits a Gap, or lets the last one of its sort grow when nobody has read it yet.
  core::Result<void> account(const Loss& loss);
  // Drops the oldest telemetry that was not offered until all fits. Error{full} when it cannot; over_quota() then.
  // What is `indivisible` may exceed the quota if what was here before did not: it would never fit otherwise.
  core::Result<void> enforce_quota(bool indivisible);
  // Drops the oldest telemetry that was not offered, at least `bytes` of it if there is as much, for want of disk.
  core::Result<void> make_room(std::uint64_t bytes, const std::string& reason);
  // The last call: writes the numbers of the streams that changed.
  core::Result<void> finish();

  bool over_quota() const { return over_quota_; }
  Book& book() { return book_; }
  RoundEffects& effects() { return effects_; }

 private:
  struct Head {  // the oldest row of a stream that may be dropped
    std::size_t stream;
    RowFacts facts;
  };
  bool changed(std::size_t stream) const;
  core::Result<std::size_t> stream_for(std::string_view domain, core::Kind kind);
  core::Result<void> insert_row(std::size_t stream, RowFacts facts, core::Bytes* source, core::Bytes own);
  core::Result<void> grow(OpenGap& gap, const Loss& loss);
  core::Result<void> remove(std::size_t stream, std::uint64_t first, std::uint64_t last);
  core::Result<std::vector<Head>> heads();
  core::Result<std::vector<Loss>> drop_oldest(std::uint64_t bytes, const std::string& reason);
  std::uint64_t excess() const;

  RoundTools tools_;
  const Book& before_;
  Book book_;
  RoundEffects effects_;
  std::size_t dropped_ = 0;
  std::uint64_t protected_ = 0;  // bytes that this round put in and that must not be dropped
  bool over_quota_ = false;
};

}  // namespace afferent::outbox
