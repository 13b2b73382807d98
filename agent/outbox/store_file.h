// An opened and checked database with what was read from it. Belongs to the deliver thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agent/core/delivery.h"
#include "agent/core/random.h"
#include "agent/core/result.h"
#include "agent/outbox/book.h"
#include "agent/outbox/sqlite.h"
#include "agent/outbox/tables.h"

namespace afferent::outbox {

struct StoreFile {
  Database database;
  Tables tables;  // goes before its database
  Book book;
  std::uint64_t epoch = 0;                  // never 0
  std::vector<core::BootFact> boots;        // oldest first
  std::vector<std::string> damaged_states;  // keys that are there and not what was written

  // Opens or creates the database. The check is quick: small files in full, of large ones all small tables and the ends
  // of each stream; damage further in shows when it is read. Error{bad_config} as check_version(), Error{bad_input} for
  // a damaged file.
  static core::Result<std::unique_ptr<StoreFile>> open(const std::string& path, core::Random& random);
};

}  // namespace afferent::outbox
