// The application layer of a slave's answer: what a long frame's data say. Loop-bound; borrows the frame's bytes.
// Source: EN 13757-3, EN 13757-7 (CI fields).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "agent/core/bytes.h"
#include "drivers/common/mbus_header.h"
#include "drivers/common/mbus_records.h"
#include "drivers/mbus/fixed.h"

namespace afferent::drivers::mbus {

struct Telegram {
  enum class Kind : std::uint8_t {
    records,     // CI 72, 7A, 78
    fixed,       // CI 73
    refusal,     // CI 70: application error
    alarm,       // CI 71: alarm status
    unreadable,  // `trouble` says why
  };
  Kind kind = Kind::unreadable;
  std::optional<Identity> identity;    // maker 0 where the structure is fixed: it has none
  std::optional<std::uint8_t> status;  // where there is a header
  FixedData fixed;
  std::uint8_t code = 0;  // of a refusal or an alarm
  std::string trouble;
};

// `data` begins with the CI field. Records go to `records`, which is used again and again.
Telegram read_telegram(core::ByteView data, Records& records);

}  // namespace afferent::drivers::mbus
