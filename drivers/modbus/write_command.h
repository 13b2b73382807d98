// The `write` command: arguments to the PDU of functions 5, 6, 15 and 16. Pure functions.
#pragma once

#include "agent/core/bytes.h"
#include "agent/core/driver.h"
#include "agent/core/result.h"

namespace afferent::drivers::modbus {

// `base` is that of the profile's documented addresses. Error{bad_input} names the argument and what would be right.
core::Result<core::Bytes> write_pdu(const core::DeviceCommand& command, int base);

// Whether `reply` confirms what `request` wrote.
bool confirms(core::ByteView request, core::ByteView reply);

}  // namespace afferent::drivers::modbus
