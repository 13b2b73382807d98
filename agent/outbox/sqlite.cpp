#include "agent/outbox/sqlite.h"

#include <sqlite3.h>

#include <cerrno>
#include <limits>

namespace afferent::outbox {
namespace {

using core::Error;
using core::ErrorCode;
using core::Result;

constexpr int kGrowBytes = 64 << 10;  // the main file grows in these steps

ErrorCode code_of(int status, int system) {
  switch (status & 0xff) {
    case SQLITE_FULL: return ErrorCode::full;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN: return system == ENOSPC || system == EDQUOT ? ErrorCode::full : ErrorCode::retry;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
    // Our statements are fixed, so rows that contradict them are not what we wrote.
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH: return ErrorCode::bad_input;
    case SQLITE_BUSY: return ErrorCode::bad_config;  // another program has the file open: ours is the only agent
    case SQLITE_ERROR:
    case SQLITE_MISUSE:
    case SQLITE_RANGE:
    case SQLITE_TOOBIG: return ErrorCode::bug;
    default: return ErrorCode::retry;
  }
}

Error failure(sqlite3* database, int status) {
  const int system = database == nullptr ? 0 : sqlite3_system_errno(database);
  std::string message = database == nullptr ? sqlite3_errstr(status) : sqlite3_errmsg(database);
  return {code_of(status, system), message + " (SQLite " + std::to_string(status) + ")"};
}

int count_wal_pages(void* counter, sqlite3* /*database*/, const char* /*name*/, int pages) {
  *static_cast<int*>(counter) = pages;
  return SQLITE_OK;
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Statement& Statement::bind(std::int64_t value) {
  sqlite3_bind_int64(statement_.get(), ++bound_, value);
  return *this;
}

Statement& Statement::bind(std::string_view value) {
  sqlite3_bind_text(statement_.get(), ++bound_, value.data(), static_cast<int>(value.size()), SQLITE_STATIC);
  return *this;
}

Statement& Statement::bind(core::ByteView value) {
  // A null pointer would bind NULL; an empty payload is an empty payload.
  const void* data = value.empty() ? static_cast<const void*>("") : value.data();
  sqlite3_bind_blob64(statement_.get(), ++bound_, data, value.size(), SQLITE_STATIC);
  return *this;
}

Result<bool> Statement::step() {
  const int status = sqlite3_step(statement_.get());
  if (status == SQLITE_ROW) return true;
  if (status == SQLITE_DONE) {
    reset();
    return false;
  }
  Error error = failure(sqlite3_db_handle(statement_.get()), status);
  reset();
  return error;
}

Result<void> Statement::run() {
  for (;;) {
    auto row = step();
    if (!row) return std::move(row).error();
    if (!*row) return {};
  }
}

void Statement::reset() {
  sqlite3_reset(statement_.get());
  bound_ = 0;
}

bool Statement::is_null(int column) const { return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL; }

std::int64_t Statement::number(int column) const { return sqlite3_column_int64(statement_.get(), column); }

std::string Statement::text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return data == nullptr ? std::string() : std::string(data, size);
}

core::Bytes Statement::bytes(int column) const {
  const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_.get(), column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return data == nullptr ? core::Bytes() : core::Bytes(data, data + size);
}

void Database::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

Database::Database(sqlite3* database) : database_(database) {
  sqlite3_extended_result_codes(database, 1);
  sqlite3_wal_hook(database, count_wal_pages, wal_pages_.get());
  int bytes = kGrowBytes;
  sqlite3_file_control(database, "main", SQLITE_FCNTL_CHUNK_SIZE, &bytes);
  checkpoint_at_close(false);
}

Result<Database> Database::open(const std::string& path) {
  sqlite3* raw = nullptr;
  // The name is a path, never an URI: whatever characters it holds.
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const std::string plain = path.starts_with("file:") || path.empty() || path[0] == ':' ? "./" + path : path;
  const int status = sqlite3_open_v2(plain.c_str(), &raw, flags, nullptr);
  if (status == SQLITE_OK) return Database(raw);
  Error error = failure(raw, status);
  sqlite3_close_v2(raw);
  return error;
}

Result<void> Database::run(const char* sql) {
  const int status = sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr);
  if (status != SQLITE_OK) return failure(database_.get(), status);
  return {};
}

Result<Statement> Database::prepare(const char* sql) {
  sqlite3_stmt* raw = nullptr;
  const int status = sqlite3_prepare_v3(database_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  if (status == SQLITE_OK) return Statement(raw);
  Error error = failure(database_.get(), status);
  // The text of a statement is right, so a table that it does not find is missing from the file.
  if ((status & 0xff) == SQLITE_ERROR) return Error(ErrorCode::bad_input, error.message());
  return error;
}

Result<std::int64_t> Database::number(const char* sql) {
  auto statement = prepare(sql);
  if (!statement) return std::move(statement).error();
  auto row = statement->step();
  if (!row) return std::move(row).error();
  return *row ? statement->number(0) : 0;
}

Result<std::string> Database::text(const char* sql) {
  auto statement = prepare(sql);
  if (!statement) return std::move(statement).error();
  auto row = statement->step();
  if (!row) return std::move(row).error();
  return *row ? statement->text(0) : std::string();
}

void Database::rollback() {
  if (sqlite3_get_autocommit(database_.get()) != 0) return;
  // It only fails where SQLite has rolled back already.
  sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

Result<void> Database::reserve_pages() {
  auto pages = number("PRAGMA page_count");
  if (!pages) return std::move(pages).error();
  auto page_size = number("PRAGMA page_size");
  if (!page_size) return std::move(page_size).error();
  sqlite3_int64 bytes = *pages * *page_size;
  const int status = sqlite3_file_control(database_.get(), "main", SQLITE_FCNTL_SIZE_HINT, &bytes);
  if (status == SQLITE_OK || status == SQLITE_NOTFOUND) return {};
  return Error(ErrorCode::full, "no room for the database to grow");
}

Result<void> Database::checkpoint() {
  const int status = sqlite3_wal_checkpoint_v2(database_.get(), "main", SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  if (status != SQLITE_OK) return failure(database_.get(), status);
  *wal_pages_ = 0;
  return {};
}

std::uint64_t Database::free_bytes() {
  const auto pages = number("PRAGMA freelist_count");
  const auto page_size = number("PRAGMA page_size");
  return pages && page_size ? static_cast<std::uint64_t>(*pages * *page_size) : 0;
}

void Database::shrink(std::int64_t most) {
  const auto free = number("PRAGMA freelist_count");
  const auto pages = number("PRAGMA page_count");
  if (!free || !pages || *free <= *pages - *free || *pages - *free > most) return;
  // Where it fails, the file stays as it is.
  if (!run("VACUUM")) return;
  [[maybe_unused]] const auto done = checkpoint();
}

void Database::checkpoint_at_close(bool wanted) {
  sqlite3_db_config(database_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, wanted ? 0 : 1, nullptr);
}

}  // namespace afferent::outbox
