#include "agent/outbox/store_file.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "agent/outbox/files.h"
#include "agent/outbox/schema.h"
#include "agent/outbox/wal_check.h"

namespace afferent::outbox {
namespace {

using core::Error;
using core::ErrorCode;
using core::Result;

// secure_delete is off: Debian's default would write each freed page once more, which wears the card and hides nothing,
// as flash keeps old pages anyway. The lock file keeps others away, so SQLite need not share the file either.
// Checkpoints are ours to time: the hook that counts pages takes the place of SQLite's own, and setting
// wal_autocheckpoint would take the hook away. A WAL that one large round made long is cut down again.
constexpr const char* kSettings = R"sql(
PRAGMA page_size = 4096;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA secure_delete = OFF;
PRAGMA journal_size_limit = 1048576;
PRAGMA cache_size = -1024;
PRAGMA temp_store = MEMORY;
PRAGMA cell_size_check = ON;
PRAGMA trusted_schema = OFF)sql";

constexpr std::int64_t kFullCheckPages = 1024;  // 4 MB

Error damage(std::string message) { return {ErrorCode::bad_input, std::move(message)}; }

Result<Database> open_database(const std::string& path) {
  auto database = Database::open(path);
  if (!database) return database;
  auto done = database->run("PRAGMA locking_mode = EXCLUSIVE");  // before the first read, so that there is no -shm file
  if (done.ok()) done = check_version(*database, steps());
  if (done.ok()) done = database->run(kSettings);
  if (!done) return std::move(done).error();
  auto mode = database->text("PRAGMA journal_mode");
  if (!mode) return std::move(mode).error();
  if (*mode != "wal") return Error(ErrorCode::retry, "the file system does not allow a WAL");
  done = migrate(*database, steps());
  if (!done) return std::move(done).error();
  return database;
}

Result<void> check_pages(Database& database) {
  auto pages = database.number("PRAGMA page_count");
  if (!pages) return std::move(pages).error();
  if (*pages > kFullCheckPages) return {};
  auto verdict = database.text("PRAGMA quick_check(1)");
  if (!verdict) return std::move(verdict).error();
  if (*verdict != "ok") return damage(*verdict);
  return {};
}

Result<void> check_stream(Tables& tables, std::size_t number, StreamRecord& record, std::uint64_t& age) {
  auto first = tables.next(number, 0);
  if (!first) return std::move(first).error();
  auto last = tables.last(number);
  if (!last) return std::move(last).error();
  if (last->sequence >= record.stream.next_sequence) {
    return damage("stream " + record.stream.domain + " holds a row that it does not count");
  }
  age = std::max(age, last->age);
  if ((first->sequence != 0) == (record.stream.rows != 0)) return {};
  auto totals = tables.totals(number, 0, UINT64_MAX);
  if (!totals) return std::move(totals).error();
  record.stream.rows = totals->rows;
  record.held = totals->payload + totals->rows * kRowOverhead;
  return {};
}

Result<void> load_streams(StoreFile& file) {
  auto records = file.tables.streams();
  if (!records) return std::move(records).error();
  for (std::size_t number = 0; number < records->size(); ++number) {
    StreamRecord& record = (*records)[number];
    auto done = check_stream(file.tables, number, record, file.book.age);
    if (!done) return done;
    file.book.streams.push_back(record.stream);
    file.book.held.push_back(record.held);
  }
  return {};
}

Result<void> load_epoch(StoreFile& file, core::Random& random) {
  auto epoch = file.tables.meta("epoch");
  if (!epoch) return std::move(epoch).error();
  file.epoch = *epoch;
  if (file.epoch != 0) return {};
  if (!file.book.streams.empty()) return damage("the epoch is missing");
  while (file.epoch == 0) file.epoch = random.next();
  return file.tables.put_meta("epoch", file.epoch);
}

// Rows of a stream lie in order of boot, so that all boots before that of the oldest row are done with. Only Gaps may
// tell of an earlier boot than their neighbours; there are few of them.
Result<std::vector<std::uint64_t>> boots_needed(StoreFile& file) {
  std::vector<std::uint64_t> needed;
  for (std::size_t stream = 0; stream < file.book.streams.size(); ++stream) {
    if (file.book.streams[stream].kind == core::Kind::gap) {
      auto boots = file.tables.boots_of(stream);
      if (!boots) return boots;
      needed.insert(needed.end(), boots->begin(), boots->end());
      continue;
    }
    auto row = file.tables.next(stream, 0);
    if (!row) return std::move(row).error();
    if (row->sequence != 0) needed.push_back(row->boot);
  }
  return needed;
}

Result<void> load_boots(StoreFile& file) {
  auto boots = file.tables.boots();
  if (!boots) return std::move(boots).error();
  auto needed = boots_needed(file);
  if (!needed) return std::move(needed).error();
  const auto is_known = [&](std::uint64_t boot) {
    return std::any_of(boots->begin(), boots->end(), [&](const core::BootFact& fact) { return fact.boot == boot; });
  };
  auto kept = boots->end();
  if (kept != boots->begin()) --kept;  // the newest may be the running one
  for (const std::uint64_t boot : *needed) {
    // The order of a boot without a fact is unknown, so all are kept until its rows are gone.
    if (!is_known(boot)) kept = boots->begin();
    kept = std::find_if(boots->begin(), kept, [&](const core::BootFact& fact) { return fact.boot == boot; });
  }
  for (auto fact = boots->begin(); fact != kept; ++fact) {
    auto done = file.tables.forget_boot(fact->boot);
    // Forgetting can wait for a disk with room.
    if (!done && done.error().code() == ErrorCode::bad_input) return done;
  }
  file.boots.assign(kept, boots->end());
  return {};
}

Result<void> check_states(StoreFile& file) {
  std::map<std::string, core::StateChange> states;
  return file.tables.states(states, &file.damaged_states);
}

}  // namespace

Result<std::unique_ptr<StoreFile>> StoreFile::open(const std::string& path, core::Random& random) {
  const bool is_new = !exists(path);
  if (auto wal = check_wal(path + "-wal"); !wal) return std::move(wal).error();
  auto database = open_database(path);
  if (!database) {
    if (is_new) ::unlink(path.c_str());  // an empty file would be taken for a damaged one
    return std::move(database).error();
  }
  if (is_new) {
    auto synced = sync_folder_of(path);
    if (!synced) return std::move(synced).error();
  }
  auto checked = check_pages(*database);
  if (!checked) return std::move(checked).error();
  auto tables = Tables::prepare(*database);
  if (!tables) return std::move(tables).error();
  auto file = std::make_unique<StoreFile>(StoreFile{*std::move(database), *std::move(tables), {}, 0, {}, {}});
  auto done = load_streams(*file);
  if (done.ok()) done = load_epoch(*file, random);
  if (done.ok()) done = load_boots(*file);
  if (done.ok()) done = check_states(*file);
  if (!done) return std::move(done).error();
  file->database.checkpoint_at_close(true);
  return file;
}

}  // namespace afferent::outbox
