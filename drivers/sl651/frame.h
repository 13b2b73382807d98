// Frames of SL 651 in both forms, HEX/BCD and ASCII, and how they are told from garbage. Pure functions.
// Source: SL 651-2014, sections 6.2, 6.4 and 6.5: 7E7E or 01, addresses, password, function, direction and length, 02
// or 16, body, end, CRC-16 over all before it, high byte first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "agent/core/bytes.h"
#include "drivers/common/frame_receiver.h"

namespace afferent::drivers::sl651 {

// Table 10.
inline constexpr std::uint8_t kStx = 0x02;
inline constexpr std::uint8_t kEtx = 0x03;  // nothing follows
inline constexpr std::uint8_t kEot = 0x04;  // received; hang up
inline constexpr std::uint8_t kEnq = 0x05;  // a question or an order
inline constexpr std::uint8_t kAck = 0x06;  // received; go on
inline constexpr std::uint8_t kNak = 0x15;  // send this packet again
inline constexpr std::uint8_t kSyn = 0x16;  // start of a packet of several
inline constexpr std::uint8_t kEtb = 0x17;  // more follows
inline constexpr std::uint8_t kEsc = 0x1B;  // received; stay online

struct Frame {
  bool ascii = false;
  bool down = false;  // from the centre
  std::uint8_t center = 0;
  std::string station;  // ten hex digits
  std::uint16_t password = 0;
  std::uint8_t function = 0;
  std::uint8_t start = kStx;
  std::uint16_t total = 0;   // with kSyn: of so many packets ...
  std::uint16_t number = 0;  // ... this one, from 1
  core::Bytes body;          // behind these
  std::uint8_t end = kEtx;
};

inline constexpr std::size_t kMostBody = 4095;

// A body of more than kMostBody bytes cannot be sent and is cut.
core::Bytes encode(const Frame& frame);

using Found = drivers::Found<Frame>;

// What FrameReceiver asks of a protocol.
struct Syntax {
  static bool whole(core::ByteView bytes);
  static std::optional<Found> judge(core::ByteView bytes);
  static bool plausible(core::ByteView bytes);
  static std::optional<std::size_t> length(core::ByteView bytes);
};

using Receiver = FrameReceiver<Frame, Syntax>;

}  // namespace afferent::drivers::sl651
