// Frames of CJ/T 188: their parts, and a receiver that finds them in whatever a line delivers. Loop-bound.
// Source: CJ/T 188-2004 and 2018, section "data link layer": 68 T A0..A6 C L DATA[L] CS 16, CS the sum from 68 on.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/core/bytes.h"

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

// Holds at most one frame and what came behind it. Garbage, preambles and false starts are skipped byte by byte.
class Receiver {
 public:
  struct Found {
    std::optional<Frame> frame;  // nothing: `raw` is a frame that is not right, and `why`
    core::Bytes raw;
    std::string why;
  };

  void feed(core::ByteView bytes);
  std::optional<Found> next();  // until nothing is left to find
  // Forgets what is waiting and returns it, with the garbage since the last good frame; nothing where all of it is what
  // a line at rest gives, unless `idle` too is asked for.
  core::Bytes flush(bool idle = false);

 private:
  bool plausible(std::size_t at) const;
  std::optional<std::size_t> length(std::size_t at) const;  // nothing until its L has come
  bool whole(std::size_t at) const;                         // complete, with good checksum and end
  std::optional<Found> judge(std::size_t length);
  void skip(std::size_t count);
  void compact();

  core::Bytes buffer_;
  std::size_t start_ = 0;  // of what is still to be looked at
  std::size_t told_ = 0;   // so many bytes from start_ on were returned as a wrong frame already
  core::Bytes noise_;
};

}  // namespace afferent::drivers::cjt188
