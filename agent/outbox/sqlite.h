// SQLite as RAII and Result. The rest of the store tells its failures apart by code: Error{full} no room on disk,
// Error{bad_input} the file is damaged, Error{retry} I/O or memory, Error{bug} our mistake, and at open
// Error{bad_config} when another program has the file open. Belongs to the deliver thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "agent/core/bytes.h"
#include "agent/core/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace afferent::outbox {

class Statement {  // prepared once, used often; must not outlive its database
 public:
  Statement() = default;
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}

  // Parameters in order, from the first one after each reset. Bytes and texts are borrowed until reset().
  Statement& bind(std::int64_t value);
  Statement& bind(std::uint64_t value) { return bind(static_cast<std::int64_t>(value)); }
  Statement& bind(std::string_view value);
  Statement& bind(core::ByteView value);

  core::Result<bool> step();  // true: a row is there; after false or an error the statement is reset
  core::Result<void> run();   // to its end
  void reset();

  bool is_null(int column) const;
  std::int64_t number(int column) const;
  std::uint64_t whole(int column) const { return static_cast<std::uint64_t>(number(column)); }
  std::string text(int column) const;
  core::Bytes bytes(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int bound_ = 0;
};

class Database {
 public:
  // Nothing is read or written yet.
  static core::Result<Database> open(const std::string& path);

  core::Result<void> run(const char* sql);
  core::Result<std::int64_t> number(const char* sql);  // first column of the first row, 0 where there is none
  core::Result<std::string> text(const char* sql);
  core::Result<Statement> prepare(const char* sql);

  void rollback();  // harmless without a transaction

  // Gives the main file real blocks for all pages of the running transaction, so that no checkpoint can run out of
  // disk.
  core::Result<void> reserve_pages();
  // Moves what is committed from the WAL into the main file. The next commit then reuses the WAL from its start.
  core::Result<void> checkpoint();
  int wal_pages() const { return *wal_pages_; }

  std::uint64_t free_bytes();  // in pages that hold nothing now
  // Gives free pages back to the file system, unless more than `most` others would have to be moved for that.
  void shrink(std::int64_t most);

  // Closing checkpoints and removes the WAL only if asked to: a file that is to be kept as it is must not change.
  void checkpoint_at_close(bool wanted);

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  explicit Database(sqlite3* database);

  std::unique_ptr<sqlite3, Close> database_;
  std::unique_ptr<int> wal_pages_ = std::make_unique<int>(0);
};

}  // namespace afferent::outbox
