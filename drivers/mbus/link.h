// The link layer of wired M-Bus: its frames, and a receiver that finds them in whatever a line delivers. Loop-bound.
// Source: EN 13757-2 clause 5 (IEC 60870-5-1 format class FT 1.2): E5; 10 C A CS 16; 68 L L 68 C A CI data CS 16.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "agent/core/bytes.h"

namespace afferent::drivers::mbus {

inline constexpr std::uint8_t kLastPrimary = 250;
inline constexpr std::uint8_t kSelected = 253;  // whoever is selected by its secondary address
inline constexpr std::uint8_t kAnyone = 254;    // all answer: for a line with one slave only

// Control fields of a master.
inline constexpr std::uint8_t kResetLink = 0x40;     // SND_NKE
inline constexpr std::uint8_t kSendData = 0x53;      // SND_UD with FCV
inline constexpr std::uint8_t kRequestData = 0x5B;   // REQ_UD2 with FCV
inline constexpr std::uint8_t kRequestAlarm = 0x5A;  // REQ_UD1 with FCV
inline constexpr std::uint8_t kFrameCount = 0x20;    // FCB

struct Frame {
  enum class Kind : std::uint8_t { acknowledge, fixed, variable };
  Kind kind = Kind::acknowledge;
  std::uint8_t control = 0;
  std::uint8_t address = 0;
  core::Bytes data;  // from the CI field on

  bool from_master() const { return (control & 0x40U) != 0; }
  bool is_response() const { return kind == Kind::variable && !from_master() && (control & 0x0FU) == 0x08; }
};

core::Bytes encode(const Frame& frame);
core::Bytes encode_fixed(std::uint8_t control, std::uint8_t address);
core::Bytes encode_variable(std::uint8_t control, std::uint8_t address, core::ByteView data);

// Holds at most one frame and what came behind it. Garbage and false starts are skipped byte by byte.
class Receiver {
 public:
  struct Found {
    std::optional<Frame> frame;  // nothing: `raw` is a frame that is not right, and `why`
    core::Bytes raw;
    std::string why;
    bool clean = true;  // no garbage since the receiver was emptied: an E5 may be part of a collision otherwise
  };

  void feed(core::ByteView bytes);
  std::optional<Found> next();  // until nothing is left to find
  // Forgets what is waiting, and returns it with the garbage since the last good frame (its beginning).
  core::Bytes flush();

 private:
  std::optional<std::size_t> length(std::size_t at) const;  // 0: no frame begins here; nothing: too early to say
  bool whole(std::size_t at) const;
  Found judge(std::size_t size) const;
  Found accept(std::size_t size);
  bool find_behind();
  void skip(std::size_t count);
  void compact();

  core::Bytes buffer_;
  std::size_t start_ = 0;  // of what is still to be looked at
  std::size_t told_ = 0;   // so many bytes from start_ on were returned as a wrong frame already
  core::Bytes noise_;
  bool clean_ = true;
};

}  // namespace afferent::drivers::mbus
