// Modbus frames: RTU (address, PDU, CRC) and TCP (MBAP header, PDU), and what a PDU is. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "agent/core/bytes.h"
#include "drivers/modbus/profile.h"

namespace afferent::drivers::modbus {

inline constexpr std::size_t kLargestFrame = 260;  // of either framing; 256 is RTU's
inline constexpr std::uint8_t kErrorBit = 0x80;    // of a function: an exception

inline bool is_read(unsigned function) { return function >= 1 && function <= 4; }

struct Frame {
  std::size_t begin = 0;  // in the bytes that were searched
  std::size_t end = 0;
  std::uint8_t unit = 0;
  std::uint16_t transaction = 0;  // TCP
  core::ByteView pdu;
  std::uint8_t function() const { return pdu[0]; }
};

// The whole and valid frame with a PDU of `pdu_length` bytes that begins at `begin`.
std::optional<Frame> frame_at(Framing framing, core::ByteView bytes, std::size_t begin, std::size_t pdu_length);

core::Bytes wrap(Framing framing, std::uint16_t transaction, std::uint8_t unit, core::ByteView pdu);

// The first whole and valid frame, of any unit (0) or one. `stale` receives how many bytes in front can be no part of a
// frame any more, whatever follows (all of them when nothing may become one).
std::optional<Frame> find_frame(Framing framing, core::ByteView bytes, std::size_t& stale, std::uint8_t unit = 0);

// All of `bytes` as one frame, of a function that find_frame() cannot know the length of.
std::optional<Frame> whole_frame(Framing framing, core::ByteView bytes);

core::Bytes read_pdu(std::uint8_t function, std::uint16_t start, std::uint16_t count);

struct ReadRequest {
  std::uint8_t function = 3;
  std::uint16_t start = 0;
  std::uint16_t count = 0;
  std::size_t bytes() const { return function <= 2 ? (count + 7u) / 8u : 2u * count; }
};
std::optional<ReadRequest> as_read_request(core::ByteView pdu);

struct ReadReply {
  std::uint8_t function = 3;
  core::ByteView data;
};
std::optional<ReadReply> as_read_reply(core::ByteView pdu);

// Why a PDU of a function that reads is neither a request nor a reply; empty where it is one, or of another function.
std::string misfit_of(core::ByteView pdu);

bool is_exception(core::ByteView pdu);
std::string exception_text(std::uint8_t code);  // "exception 02 (illegal data address)"

}  // namespace afferent::drivers::modbus
