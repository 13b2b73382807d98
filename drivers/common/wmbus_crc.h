// The checksum of wireless M-Bus (EN 13757-4, 12.5.3): link layer blocks, extended link layer, format signatures. Pure.
#pragma once

#include <cstdint>

#include "agent/core/bytes.h"

namespace afferent::drivers {

// Polynomial 3D65, start 0, inverted; a link layer block sends the high byte first, everything else the low byte.
std::uint16_t crc16_en13757(core::ByteView bytes);

}  // namespace afferent::drivers
