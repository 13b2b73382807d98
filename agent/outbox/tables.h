// The statements of the store, prepared once. It knows columns and keys, and decides nothing. Belongs to the deliver
// thread; must not outlive its database. Failures as in sqlite.h.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "agent/core/delivery.h"
#include "agent/core/envelope.h"
#include "agent/core/result.h"
#include "agent/outbox/sqlite.h"
#include "agent/outbox/store.h"

namespace afferent::outbox {

inline constexpr unsigned kSequenceBits = 48;
inline constexpr std::size_t kMaxStreams = (1u << 15) - 1;

struct RowFacts {  // a row without its payload
  std::uint64_t sequence = 0;
  std::uint64_t previous = 0;
  std::uint64_t age = 0;
  std::uint64_t boot = 0;
  std::uint32_t readings = 0;
  core::Nanos first{};
  core::Nanos last{};
  std::uint64_t payload = 0;  // bytes
};

struct Totals {
  std::uint64_t rows = 0;
  std::uint64_t payload = 0;  // bytes
};

struct StreamRecord {
  Stream stream;
  std::uint64_t held = 0;
};

class Tables {
 public:
  static core::Result<Tables> prepare(Database& database);

  core::Result<void> begin() { return statements_[kBegin].run(); }
  core::Result<void> commit() { return statements_[kCommit].run(); }

  core::Result<void> insert(std::size_t stream, const RowFacts& facts, core::ByteView payload);
  core::Result<void> replace(std::size_t stream, const RowFacts& facts, core::ByteView payload);
  core::Result<void> remove(std::size_t stream, std::uint64_t first, std::uint64_t last);
  core::Result<Totals> totals(std::size_t stream, std::uint64_t first, std::uint64_t last);
  // The first row with a sequence > after; sequence 0 when there is none.
  core::Result<RowFacts> next(std::size_t stream, std::uint64_t after);
  core::Result<RowFacts> last(std::size_t stream);

  // Rows with a sequence > after, oldest first, for as long as `take` returns true.
  template <class Take>
  core::Result<void> read(std::size_t stream, std::uint64_t after, Take take);

  core::Result<void> put_stream(std::size_t stream, const Stream& facts, std::uint64_t held);
  core::Result<std::vector<StreamRecord>> streams();

  core::Result<void> put_state(const core::StateChange& change);
  // Without those that are not what was written; their keys go to `damaged`, if there is one.
  core::Result<void> states(std::map<std::string, core::StateChange>& into,
                            std::vector<std::string>* damaged = nullptr);

  core::Result<void> put_meta(std::string_view key, std::uint64_t value);
  core::Result<std::uint64_t> meta(std::string_view key);  // 0 where there is none

  core::Result<void> put_boot(const core::BootFact& fact);
  core::Result<void> forget_boot(std::uint64_t boot);
  core::Result<std::vector<core::BootFact>> boots();                      // oldest first
  core::Result<std::vector<std::uint64_t>> boots_of(std::size_t stream);  // reads all of its rows

 private:
  enum Name {
    kBegin,
    kCommit,
    kInsert,
    kReplace,
    kRemove,
    kTotals,
    kNext,
    kLast,
    kRead,
    kPutStream,
    kStreams,
    kPutState,
    kDropState,
    kStates,
    kPutMeta,
    kMeta,
    kPutBoot,
    kForgetBoot,
    kBoots,
    kBootsOf,
    kCount
  };
  static const char* sql_of(Name name);

  Statement& ranged(Name name, std::size_t stream, std::uint64_t first, std::uint64_t last);
  core::Result<RowFacts> one_row(Statement& statement);
  Row row_at(const Statement& statement, std::size_t stream) const;

  std::vector<Statement> statements_;
};

template <class Take>
core::Result<void> Tables::read(std::size_t stream, std::uint64_t after, Take take) {
  Statement& rows = ranged(kRead, stream, after + 1, UINT64_MAX);
  for (;;) {
    auto found = rows.step();
    if (!found) return std::move(found).error();
    if (!*found) return {};
    if (!take(row_at(rows, stream))) {
      rows.reset();
      return {};
    }
  }
}

}  // namespace afferent::outbox
