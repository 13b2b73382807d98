// What is said of bytes that hold no valid frame, or another one than was asked for. Pure functions.
#pragma once

#include <string>

#include "agent/core/bytes.h"
#include "drivers/modbus/frame.h"

namespace afferent::drivers::modbus {

std::string crc_text(core::ByteView frame);  // of RTU: which CRC it has, and which would be right

bool has_length_of_frame(core::ByteView bytes);  // of RTU

// Why bytes that hold no valid frame are none.
std::string why_no_frame(Framing framing, core::ByteView bytes);

std::string wrong_length(std::size_t got, std::size_t asked);  // bytes of data

}  // namespace afferent::drivers::modbus
