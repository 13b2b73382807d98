// A pseudo terminal: a serial line without a wire, for the simulator and for tests. Thread-safe.
#pragma once

#include <string>

#include "agent/core/result.h"
#include "agent/io/unique_fd.h"

namespace afferent::io {

struct Pty {
  UniqueFd master;
  UniqueFd keeper;   // holds the slave open, or the master would report a hang-up whenever nobody has it
  std::string path;  // of the slave; gone when the master is closed
};

// Raw and non-blocking.
core::Result<Pty> open_pty();

}  // namespace afferent::io
