#include "drivers/modbus/complaints.h"

#include "drivers/common/crc.h"

namespace afferent::drivers::modbus {
namespace {

using core::ByteView;

std::string why_not_tcp(ByteView bytes) {
  constexpr std::size_t kHeader = 7;
  if (bytes.size() <= kHeader) return "too short for a Modbus TCP frame";
  if (bytes[2] != 0 || bytes[3] != 0)
    return "protocol is " + core::to_hex(bytes.subspan(2, 2)) + ", right would be 0000";
  const std::size_t length = static_cast<std::size_t>(bytes[4]) << 8 | bytes[5];
  if (length != bytes.size() - 6)
    return "length is " + std::to_string(length) + ", but " + std::to_string(bytes.size() - 6) + " bytes came";
  if (const std::string why = misfit_of(bytes.subspan(kHeader)); !why.empty()) return why;
  return "no valid Modbus TCP frame";
}

}  // namespace

std::string crc_text(ByteView frame) {
  const std::uint16_t crc = crc16_a001(frame.first(frame.size() - 2));
  const core::Bytes right{static_cast<std::uint8_t>(crc), static_cast<std::uint8_t>(crc >> 8)};
  return "CRC is " + core::to_hex(frame.last(2)) + ", right would be " + core::to_hex(right);
}

bool has_length_of_frame(ByteView bytes) {
  if (bytes.size() < 5) return false;
  if (bytes.size() == 8 || ((bytes[1] & kErrorBit) != 0 && bytes.size() == 5)) return true;
  return is_read(bytes[1]) && bytes.size() == 5u + bytes[2];
}

std::string why_no_frame(Framing framing, ByteView bytes) {
  if (framing == Framing::tcp) return why_not_tcp(bytes);
  if (bytes.size() < 5) return "too short for a Modbus frame";
  if (has_length_of_frame(bytes)) return crc_text(bytes);
  if (is_read(bytes[1]) && bytes.size() < 5u + bytes[2]) return "incomplete Modbus frame, or garbage";
  return "no valid Modbus frame";
}

std::string wrong_length(std::size_t got, std::size_t asked) {
  return std::string(got < asked ? "short" : "long") + " answer: " + std::to_string(got) +
         " bytes of data, right would be " + std::to_string(asked);
}

}  // namespace afferent::drivers::modbus
