// Shuts the process in for good: it keeps its open descriptors, may read, write, get memory and the time, and end. Any
// other system call kills it. Single-threaded; before a script is loaded.
#pragma once

#include "agent/core/result.h"

namespace afferent::codec_host {

core::Result<void> shut_in();

// Ends the process when shut_in() or this was called so long ago: a fence for a helper whose agent is gone. 0: never.
void end_after(unsigned seconds);

}  // namespace afferent::codec_host
