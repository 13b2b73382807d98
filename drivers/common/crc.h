// Cyclic redundancy checks of the wire protocols. Pure functions.
#pragma once

#include <cstdint>

#include "agent/core/bytes.h"

namespace afferent::drivers {

// CRC-16 with polynomial A001 (reflected 8005). Modbus starts at FFFF and sends the low byte first
// (Modbus over Serial Line V1.02, 6.2.2); SDI-12 starts at 0.
std::uint16_t crc16_a001(core::ByteView bytes, std::uint16_t start = 0xFFFF);

}  // namespace afferent::drivers
