// The groups of a body in the ASCII form: words between blanks. Pure function, thread-safe.
// Source: SL 651-2014, 6.6.2.
#pragma once

#include "agent/core/bytes.h"
#include "drivers/sl651/collect.h"

namespace afferent::drivers::sl651 {

void read_ascii_body(core::ByteView body, Collect& collect);

}  // namespace afferent::drivers::sl651
