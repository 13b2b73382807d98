// What a reader says of itself: the status in its replies and its event notifications. Value types.
// Source: LLRP 1.1, sections 15.1 (LLRPStatus), 15.1.1 (codes) and 14.2.6 (ReaderEventNotificationData).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/core/bytes.h"

namespace afferent::drivers::llrp {

struct Status {
  std::uint16_t code = 0;  // 0: success
  std::string text;        // the reader's own words, at most 200 bytes

  bool good() const { return code == 0; }
  std::string sentence() const;  // "M_ParameterError (100): antenna 9 is not there"
};

// Of a reply's body, from the first LLRPStatus in it; nothing when it has none or cannot be read.
std::optional<Status> read_status(core::ByteView body);

struct Notification {
  struct RoSpec {
    std::uint8_t what = 0;  // 0 started, 1 ended, 2 preempted
    std::uint32_t id = 0;
  };
  struct Antenna {
    bool connected = false;
    std::uint16_t number = 0;
  };
  std::optional<std::uint16_t> connection_attempt;  // 0: accepted
  bool connection_close = false;
  bool buffer_overflow = false;
  std::optional<std::uint8_t> buffer_filled;  // percent
  std::optional<std::string> exception;       // the reader's own words
  std::optional<RoSpec> rospec;
  std::optional<Antenna> antenna;

  std::string sentence() const;
};

// Empty, or why the body of a READER_EVENT_NOTIFICATION cannot be read.
std::string_view read_notification(core::ByteView body, Notification& notification);

std::string_view meaning_of_attempt(std::uint16_t status);

}  // namespace afferent::drivers::llrp
