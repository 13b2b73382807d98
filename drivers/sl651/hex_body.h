// The groups of a body in the HEX/BCD form: identifier, definition, data. Pure function, thread-safe.
// Source: SL 651-2014, 6.6.3.
#pragma once

#include "agent/core/bytes.h"
#include "drivers/sl651/collect.h"

namespace afferent::drivers::sl651 {

void read_hex_body(core::ByteView body, Collect& collect);

}  // namespace afferent::drivers::sl651
