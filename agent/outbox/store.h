// The durable queue and the small state, on one SQLite database in WAL mode with synchronous=FULL. It knows bytes,
// priorities and sequences, not readings. Belongs to the deliver thread.
//
// Nothing is offered to a reader before it is committed. A row keeps its sequence, unless move_to_end() gives it a
// later one, and a sequence is never used twice in an epoch. `previous` is the sequence that was committed before it in
// its stream, whatever became of that row: a receiver that has seen less than `previous` knows that it lost something,
// and a Gap says what.
//
// When a damaged database is set aside, whatever call found it, a new epoch begins: sequences start at 1 again, streams
// keep their index, and what was in flight belongs to the old epoch. A reader compares epoch() after each call.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agent/core/clock.h"
#include "agent/core/delivery.h"
#include "agent/core/envelope.h"
#include "agent/core/log.h"
#include "agent/core/random.h"
#include "agent/core/result.h"
#include "agent/core/sealer.h"

namespace afferent::outbox {

struct StoreOptions {
  std::string path;
  std::uint64_t quota = 256u << 20;  // bytes
  std::uint64_t reserve = 8u << 20;  // bytes of the quota that telemetry may not use; at most half of the quota counts
  std::uint64_t ballast = 512u << 10;  // bytes of disk kept back in `<path>.ballast`; 0: none
};

struct StoreTools {  // all outlive the store
  const core::Clock& clock;
  core::Random& random;
  const core::GapWriter& gaps;
  core::Log& log;
};

struct Stream {  // dense, from 0, in order of creation
  std::string domain;
  core::Kind kind = core::Kind::telemetry;
  core::Priority priority = core::Priority::telemetry;
  std::uint64_t next_sequence = 1;
  std::uint64_t rows = 0;  // committed and not yet deleted
};

struct Row {
  std::size_t stream = 0;
  std::uint64_t sequence = 0;
  std::uint64_t previous = 0;  // 0 at the epoch's start
  std::uint64_t boot = 0;
  std::uint32_t readings = 0;
  core::Bytes payload;  // without its seal
  bool intact = true;   // false: not what was committed; read() never gives it out
};

class Store {
 public:
  // Error{bad_config} for a store of a newer version (never deleted), for a path that cannot be right and for a store
  // in use, naming the other agent's pid. A damaged database is set aside beside the new one under a name with its
  // time, logged, and a new epoch starts.
  static core::Result<std::unique_ptr<Store>> open(StoreOptions options, StoreTools tools);
  virtual ~Store() = default;

  // One transaction: inserts, state changes, deletes of what was acknowledged; then everything in it is on disk and
  // `parcels` is empty. No parcels, no transaction. Error{full} when the disk or the quota is, after the ballast is
  // gone and telemetry of these parcels was dropped and accounted for; `parcels` then holds what is still not stored,
  // to be given again: of what exceeds the quota as many of the first are stored as fit. Error{retry} for an I/O error,
  // nothing changed.
  virtual core::Result<void> commit(std::vector<core::Parcel>& parcels) = 0;

  // Marks rows as delivered: read() gives them no more, and they are deleted with the next commit, or by
  // flush_acknowledged() (at most 10 s later). What is not in the store any more is ignored.
  virtual void acknowledged(std::size_t stream, std::uint64_t sequence) = 0;
  virtual core::Result<void> flush_acknowledged() = 0;

  // Committed rows of a stream with a sequence > after, oldest first, until `most` bytes; at least one if there is one.
  // The reader says, before it publishes, up to which it offers to the broker: those are never dropped by the quota.
  virtual core::Result<std::vector<Row>> read(std::size_t stream, std::uint64_t after, std::uint64_t most) = 0;
  virtual void offered(std::size_t stream, std::uint64_t sequence) = 0;

  // Gives rows the next sequences of their stream, in one transaction: the broker refused them and took later ones, so
  // that a receiver would drop them under their own. Nothing to do for a row that is gone.
  virtual core::Result<void> move_to_end(std::size_t stream, std::span<const std::uint64_t> sequences) = 0;

  // Takes a refused message out of its stream for good and commits a Gap for it (reason e.g. "too large"). A refused
  // Gap only goes to the log, since a Gap for it would be refused as well. Nothing to do when the row is gone.
  virtual core::Result<void> set_aside(std::size_t stream, std::uint64_t sequence, const std::string& reason) = 0;

  virtual const std::vector<Stream>& streams() const = 0;
  virtual std::uint64_t epoch() const = 0;
  virtual std::uint64_t bytes() const = 0;               // held by the outbox
  virtual std::uint64_t committed_readings() const = 0;  // since open; some of them may have been dropped later
  virtual std::uint64_t dropped_readings() const = 0;    // since open
  virtual std::string trouble() const = 0;               // for the status; empty: none

  // State of rules and drivers as last committed: key -> (version, bytes).
  virtual std::map<std::string, core::StateChange> states() const = 0;

  // UTC at the start of a boot, as known to the store. Boots that no row refers to any more are forgotten at open.
  virtual core::Result<void> remember_boot(const core::BootFact& fact) = 0;
  virtual std::optional<core::BootFact> boot(std::uint64_t boot) const = 0;

  // Work that may wait until a round is published: a checkpoint when one is due. commit() does it itself when it was
  // put off for too long.
  virtual void tidy() {}
};

}  // namespace afferent::outbox
