// Frames of CJ/T 188: their parts, and how they are told from garbage. Pure functions.
// Source: CJ/T 188-2004 and 2018, section "data link layer": 68 T A0..A6 C L DATA[L] CS 16, CS the sum from 68 on.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/core/bytes.h"
#include "drivers/common/frame_receiver.h"

namespace afferent::drivers::cjt188 {

using Address = std::array<std::uint8_t, 7>;  // least significant byte first, as on the wire

inline constexpr std::uint8_t kAnyByte = 0xAA;
inline constexpr Address kAnyAddress{kAnyByte, kAnyByte, kAnyByte, kAnyByte, kAnyByte, kAnyByte, kAnyByte};

std::string text_of(const Address& address);                   // 14 digits, A6 first
std::optional<Address> address_from(std::string_view text);    // 14 hex digits
bool matches(const Address& pattern, const Address& address);  // AA in `pattern` stands for any byte

enum class DiOrder : std::uint8_t { high_first, low_first };  // 90 1F (2004), 1F 90 (2018 and many older meters)

enum class Function : std::uint8_t {
  read_data = 0x01,
  read_address = 0x03,
  write_data = 0x04,
  read_key_version = 0x09,
  write_address = 0x15,
  set_reading = 0x16,
};
std::string_view name_of(Function function);

struct Frame {
  static constexpr std::uint8_t kReply = 0x80;
  static constexpr std::uint8_t kError = 0x40;
  static constexpr std::uint8_t kMore = 0x20;

  std::uint8_t type = 0x10;
  Address address{};
  std::uint8_t control = 0;
  core::Bytes data;

  bool is_reply() const { return (control & kReply) != 0; }
  bool is_error() const { return (control & kError) != 0; }
  bool more_follows() const { return (control & kMore) != 0; }
  Function function() const { return static_cast<Function>(control & 0x1FU); }
};

core::Bytes encode(const Frame& frame, std::size_t preamble);  // with `preamble` bytes FE in front

// What identifies data, with the byte order in which it came; nothing when neither order makes an identifier.
struct DataId {
  std::uint16_t id = 0;
  DiOrder order = DiOrder::high_first;
};
std::optional<DataId> data_id(core::ByteView data);
void append_data_id(core::Bytes& data, const DataId& id);

using Found = drivers::Found<Frame>;

// What FrameReceiver asks of a protocol.
struct Syntax {
  static bool whole(core::ByteView bytes);
  static std::optional<Found> judge(core::ByteView bytes);
  static bool plausible(core::ByteView bytes);
  static std::optional<std::size_t> length(core::ByteView bytes);
};

using Receiver = FrameReceiver<Frame, Syntax>;

// Nothing but preambles and what a released line gives.
bool is_idle(core::ByteView bytes);

}  // namespace afferent::drivers::cjt188
