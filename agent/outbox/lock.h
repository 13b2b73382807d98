// Keeps a second agent away from the store. Belongs to the deliver thread.
#pragma once

#include <string>

#include "agent/core/result.h"
#include "agent/outbox/files.h"

namespace afferent::outbox {

// Held while this object lives; the kernel releases it when the process dies, however it dies. The lock is a file
// beside the store, whatever link leads to that. It stays behind, since removing it would let two agents lock two files
// of the same name. Who came by another name of the same file is seen by the locks that SQLite keeps on it.
class StoreLock {
 public:
  // Error{bad_config} when another agent holds it ("already used by process 1234") or the path cannot be right;
  // Error{full} or Error{retry} when the file cannot be made now.
  static core::Result<StoreLock> take(const std::string& store_path);

 private:
  explicit StoreLock(Descriptor file) : file_(std::move(file)) {}

  Descriptor file_;
};

}  // namespace afferent::outbox
