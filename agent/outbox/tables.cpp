#include "agent/outbox/tables.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "agent/outbox/checksum.h"

namespace afferent::outbox {
namespace {

using core::Error;
using core::ErrorCode;
using core::Result;

constexpr std::uint64_t kLastSequence = (std::uint64_t{1} << kSequenceBits) - 1;

std::uint64_t id_of(std::size_t stream, std::uint64_t sequence) {
  return static_cast<std::uint64_t>(stream) << kSequenceBits | std::min(sequence, kLastSequence);
}

std::uint64_t sequence_of(std::uint64_t id) { return id & kLastSequence; }

Checksum checksum_of(std::uint64_t id, std::uint64_t previous, std::uint64_t boot, std::int64_t readings,
                     core::ByteView payload) {
  return Checksum().add(id).add(previous).add(boot).add(readings).add(payload);
}

Checksum checksum_of(const Stream& stream, std::uint64_t held) {
  return Checksum()
      .add(std::string_view(stream.domain))
      .add(core::name_of(stream.kind))
      .add(stream.next_sequence)
      .add(held);
}

Checksum checksum_of(std::string_view key, std::uint32_t version, core::ByteView bytes) {
  return Checksum().add(key).add(version).add(bytes);
}

// Whether a row is what was written, by the checksum in its column.
bool is_intact(const Statement& row, int column, const Checksum& checksum) {
  return row.is_null(column) || row.number(column) == checksum.value();
}

std::optional<core::Kind> kind_named(std::string_view name) {
  for (auto number = 0; number <= static_cast<int>(core::Kind::reply); ++number) {
    const auto kind = static_cast<core::Kind>(number);
    if (core::name_of(kind) == name) return kind;
  }
  return std::nullopt;
}

}  // namespace

const char* Tables::sql_of(Name name) {
  static constexpr std::array<const char*, kCount> kText{
      "BEGIN IMMEDIATE",
      "COMMIT",
      "INSERT INTO message(id, previous, age, boot, readings, first, last, payload, crc) "
      "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
      "UPDATE message SET previous = ?, boot = ?, readings = ?, first = ?, last = ?, payload = ?, crc = ? WHERE id = ?",
      "DELETE FROM message WHERE id BETWEEN ? AND ?",
      "SELECT count(*), ifnull(sum(length(payload)), 0) FROM message WHERE id BETWEEN ? AND ?",
      "SELECT id, previous, age, boot, readings, first, last, length(payload) FROM message WHERE id BETWEEN ? AND ? "
      "ORDER BY id LIMIT 1",
      "SELECT id, previous, age, boot, readings, first, last, length(payload) FROM message WHERE id BETWEEN ? AND ? "
      "ORDER BY id DESC LIMIT 1",
      "SELECT id, previous, boot, readings, payload, crc FROM message WHERE id BETWEEN ? AND ? ORDER BY id",
      "INSERT INTO stream(id, domain, kind, next, rows, bytes, crc) VALUES(?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT(id) DO UPDATE SET "
      "next = excluded.next, rows = excluded.rows, bytes = excluded.bytes, crc = excluded.crc",
      "SELECT id, domain, kind, next, rows, bytes, crc FROM stream ORDER BY id",
      "INSERT INTO state(key, version, bytes, crc) VALUES(?, ?, ?, ?) ON CONFLICT(key) DO UPDATE SET "
      "version = excluded.version, bytes = excluded.bytes, crc = excluded.crc",
      "DELETE FROM state WHERE key = ?",
      "SELECT key, version, bytes, crc FROM state",
      "INSERT INTO meta(key, value) VALUES(?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value",
      "SELECT value FROM meta WHERE key = ?",
      "INSERT INTO boot(id, utc, clock) VALUES(?, ?, ?) ON CONFLICT(id) DO UPDATE SET "
      "utc = excluded.utc, clock = excluded.clock",
      "DELETE FROM boot WHERE id = ?",
      "SELECT id, utc, clock FROM boot ORDER BY rank",
      "SELECT DISTINCT boot FROM message WHERE id BETWEEN ? AND ?"};
  return kText[name];
}

Result<Tables> Tables::prepare(Database& database) {
  Tables tables;
  for (int name = 0; name < kCount; ++name) {
    auto statement = database.prepare(sql_of(static_cast<Name>(name)));
    if (!statement) return std::move(statement).error();
    tables.statements_.push_back(*std::move(statement));
  }
  return tables;
}

Statement& Tables::ranged(Name name, std::size_t stream, std::uint64_t first, std::uint64_t last) {
  return statements_[name].bind(id_of(stream, first)).bind(id_of(stream, last));
}

Result<void> Tables::insert(std::size_t stream, const RowFacts& facts, core::ByteView payload) {
  return statements_[kInsert]
      .bind(id_of(stream, facts.sequence))
      .bind(facts.previous)
      .bind(facts.age)
      .bind(facts.boot)
      .bind(std::int64_t{facts.readings})
      .bind(std::int64_t{facts.first.count()})
      .bind(std::int64_t{facts.last.count()})
      .bind(payload)
      .bind(checksum_of(id_of(stream, facts.sequence), facts.previous, facts.boot, facts.readings, payload).value())
      .run();
}

Result<void> Tables::replace(std::size_t stream, const RowFacts& facts, core::ByteView payload) {
  const std::uint64_t id = id_of(stream, facts.sequence);
  return statements_[kReplace]
      .bind(facts.previous)
      .bind(facts.boot)
      .bind(std::int64_t{facts.readings})
      .bind(std::int64_t{facts.first.count()})
      .bind(std::int64_t{facts.last.count()})
      .bind(payload)
      .bind(checksum_of(id, facts.previous, facts.boot, facts.readings, payload).value())
      .bind(id)
      .run();
}

Result<void> Tables::remove(std::size_t stream, std::uint64_t first, std::uint64_t last) {
  return ranged(kRemove, stream, first, last).run();
}

Result<Totals> Tables::totals(std::size_t stream, std::uint64_t first, std::uint64_t last) {
  Statement& sum = ranged(kTotals, stream, first, last);
  auto row = sum.step();
  if (!row) return std::move(row).error();
  const Totals totals{sum.whole(0), sum.whole(1)};
  sum.reset();
  return totals;
}

Result<RowFacts> Tables::one_row(Statement& statement) {
  auto row = statement.step();
  if (!row) return std::move(row).error();
  if (!*row) return RowFacts{};
  const RowFacts facts{sequence_of(statement.whole(0)),
                       statement.whole(1),
                       statement.whole(2),
                       statement.whole(3),
                       static_cast<std::uint32_t>(statement.number(4)),
                       core::Nanos(statement.number(5)),
                       core::Nanos(statement.number(6)),
                       statement.whole(7)};
  statement.reset();
  return facts;
}

Result<RowFacts> Tables::next(std::size_t stream, std::uint64_t after) {
  return one_row(ranged(kNext, stream, after + 1, UINT64_MAX));
}

Result<RowFacts> Tables::last(std::size_t stream) { return one_row(ranged(kLast, stream, 0, UINT64_MAX)); }

Row Tables::row_at(const Statement& statement, std::size_t stream) const {
  Row row{stream,
          sequence_of(statement.whole(0)),
          statement.whole(1),
          statement.whole(2),
          static_cast<std::uint32_t>(statement.number(3)),
          statement.bytes(4)};
  row.intact = is_intact(statement, 5,
                         checksum_of(statement.whole(0), row.previous, row.boot, statement.number(3), row.payload));
  return row;
}

Result<void> Tables::put_stream(std::size_t stream, const Stream& facts, std::uint64_t held) {
  return statements_[kPutStream]
      .bind(static_cast<std::uint64_t>(stream))
      .bind(std::string_view(facts.domain))
      .bind(core::name_of(facts.kind))
      .bind(facts.next_sequence)
      .bind(facts.rows)
      .bind(held)
      .bind(checksum_of(facts, held).value())
      .run();
}

Result<std::vector<StreamRecord>> Tables::streams() {
  std::vector<StreamRecord> found;
  Statement& rows = statements_[kStreams];
  for (;;) {
    auto row = rows.step();
    if (!row) return std::move(row).error();
    if (!*row) return found;
    const auto kind = kind_named(rows.text(2));
    if (!kind || rows.whole(0) != found.size() || rows.number(3) < 1) {
      rows.reset();
      return Error(ErrorCode::bad_input, "the list of streams is not one that this agent wrote");
    }
    StreamRecord record{{rows.text(1), *kind, core::priority_of(*kind), rows.whole(3), rows.whole(4)}, rows.whole(5)};
    if (!is_intact(rows, 6, checksum_of(record.stream, record.held))) {
      rows.reset();
      return Error(ErrorCode::bad_input, "the position of stream " + record.stream.domain + " is not what was written");
    }
    found.push_back(std::move(record));
  }
}

Result<void> Tables::put_state(const core::StateChange& change) {
  if (change.bytes.empty()) return statements_[kDropState].bind(std::string_view(change.key)).run();
  return statements_[kPutState]
      .bind(std::string_view(change.key))
      .bind(std::int64_t{change.version})
      .bind(core::ByteView(change.bytes))
      .bind(checksum_of(change.key, change.version, change.bytes).value())
      .run();
}

Result<void> Tables::states(std::map<std::string, core::StateChange>& into, std::vector<std::string>* damaged) {
  Statement& rows = statements_[kStates];
  for (;;) {
    auto row = rows.step();
    if (!row) return std::move(row).error();
    if (!*row) return {};
    core::StateChange state{rows.text(0), static_cast<std::uint32_t>(rows.number(1)), rows.bytes(2)};
    if (is_intact(rows, 3, checksum_of(state.key, state.version, state.bytes))) {
      into[state.key] = std::move(state);
    } else if (damaged != nullptr) {
      damaged->push_back(std::move(state.key));
    }
  }
}

Result<void> Tables::put_meta(std::string_view key, std::uint64_t value) {
  return statements_[kPutMeta].bind(key).bind(value).run();
}

Result<std::uint64_t> Tables::meta(std::string_view key) {
  Statement& value = statements_[kMeta].bind(key);
  auto row = value.step();
  if (!row) return std::move(row).error();
  if (!*row) return std::uint64_t{0};
  const std::uint64_t found = value.whole(0);
  value.reset();
  return found;
}

Result<void> Tables::put_boot(const core::BootFact& fact) {
  return statements_[kPutBoot]
      .bind(fact.boot)
      .bind(std::int64_t{fact.utc_at_boot.count()})
      .bind(static_cast<std::int64_t>(fact.clock))
      .run();
}

Result<void> Tables::forget_boot(std::uint64_t boot) { return statements_[kForgetBoot].bind(boot).run(); }

Result<std::vector<core::BootFact>> Tables::boots() {
  std::vector<core::BootFact> found;
  Statement& rows = statements_[kBoots];
  for (;;) {
    auto row = rows.step();
    if (!row) return std::move(row).error();
    if (!*row) return found;
    const auto clock = std::clamp<std::int64_t>(rows.number(2), 0, static_cast<std::int64_t>(core::ClockState::synced));
    found.push_back({rows.whole(0), core::Micros(rows.number(1)), static_cast<core::ClockState>(clock)});
  }
}

Result<std::vector<std::uint64_t>> Tables::boots_of(std::size_t stream) {
  std::vector<std::uint64_t> found;
  Statement& rows = ranged(kBootsOf, stream, 0, UINT64_MAX);
  for (;;) {
    auto row = rows.step();
    if (!row) return std::move(row).error();
    if (!*row) return found;
    found.push_back(rows.whole(0));
  }
}

}  // namespace afferent::outbox
