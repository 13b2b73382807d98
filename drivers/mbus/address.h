// Secondary addresses of wired M-Bus and their wildcards. Value types and pure functions, thread-safe.
// Source: EN 13757-3 clause 11 (selection, CI 52).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/core/bytes.h"
#include "drivers/common/mbus_header.h"

namespace afferent::drivers::mbus {

// An identity in which a digit F of the id, a maker FFFF, a version FF or a medium FF stands for any.
struct Pattern {
  Identity identity{0xFFFFFFFF, 0xFFFF, 0xFF, 0xFF};

  bool matches(const Identity& other) const;
  bool leaves_digits_open() const;  // so that more than one meter may be meant
  std::string text() const;         // "1234567F", with maker, version and medium where these are fixed
};

// 8 digits of the id, most significant first, or all 16 of a secondary address: id, maker in the order of the wire,
// version, medium. F stands for any digit of the id, FFFF for any maker, FF for any version or medium.
std::optional<Pattern> pattern_from(std::string_view digits);

// "ELS, version 51, gas"; only the medium where there is no maker.
std::string description(const Identity& identity);

core::Bytes select_request(const Pattern& pattern);  // CI 52 and the 8 bytes

}  // namespace afferent::drivers::mbus
