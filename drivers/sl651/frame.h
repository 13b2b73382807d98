// Frames of SL 651 in both forms, HEX/BCD and ASCII, and a receiver that finds them in whatever a connection delivers.
// Loop-bound.
// Source: SL 651-2014, sections 6.2, 6.4 and 6.5: 7E7E or 01, addresses, password, function, direction and length, 02
// or 16, body, end, CRC-16 over all before it, high byte first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "agent/core/bytes.h"

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

// Holds at most one frame and what came behind it. Garbage and false starts are skipped byte by byte.
class Receiver {
 public:
  struct Found {
    std::optional<Frame> frame;  // nothing: `raw` is a frame that is not right, and `why`
    core::Bytes raw;
    std::string why;
  };

  void feed(core::ByteView bytes);
  std::optional<Found> next();  // until nothing is left to find
  // Forgets what is waiting and returns it, with the garbage since the last good frame.
  core::Bytes flush();

 private:
  struct Layout;
  static const Layout& layout(std::uint8_t start);
  bool plausible(std::size_t at) const;
  std::optional<std::size_t> length(std::size_t at) const;  // nothing until it has come
  bool whole(std::size_t at) const;                         // complete, with a good CRC and end
  static Frame head_of(core::ByteView bytes);
  static bool take_body(core::ByteView body, Frame& frame);
  std::optional<Found> judge(std::size_t length);
  void skip(std::size_t count);
  void compact();

  core::Bytes buffer_;
  std::size_t start_ = 0;  // of what is still to be looked at
  std::size_t told_ = 0;   // so many bytes from start_ on were returned as a wrong frame already
  core::Bytes noise_;
};

}  // namespace afferent::drivers::sl651
