// Whether the WAL of a database is one that SQLite will read. SQLite itself takes a WAL that it cannot read for one
// that a crash cut short, and goes on without what was committed in it. The file's format: SQLite, "WAL-mode File
// Format".
#pragma once

#include <string>

#include "agent/core/result.h"

namespace afferent::outbox {

// Error{bad_input} when committed transactions stand behind what SQLite will not read: the header is none, or after a
// bad frame two more transactions were committed. One alone may be what a power cut left of the last one. A file that
// is missing or empty is right. Reads the whole file. Belongs to the deliver thread.
core::Result<void> check_wal(const std::string& path);

}  // namespace afferent::outbox
