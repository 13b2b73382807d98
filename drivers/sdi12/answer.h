// What a sensor answers, as values. Pure functions, thread-safe. A line is without its CR LF.
// Source: SDI-12 1.4, sections 4.3 (commands and responses) and 4.4.12 (CRC).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/result.h"

namespace afferent::drivers::sdi12 {

bool is_address(char c);  // 0-9, A-Z, a-z

// Three characters 40..7F of the CRC over `text`, from the address on: "0+3.14" gives "OqZ".
std::string crc_of(std::string_view text);

// atttn, atttnn or atttnnn: `count` values are there in `seconds`.
struct Announcement {
  unsigned seconds = 0;
  unsigned count = 0;
};
std::optional<Announcement> announcement_in(std::string_view line);

// mantissa / divisor, both exact, so that a value in our unit is rounded once.
struct Number {
  double mantissa = 0;
  double divisor = 1;

  double times(double scale = 1) const;
};

// a<values> or a<values><CRC>, each value a sign and at most seven digits. Error{bad_input} says what is wrong. A CRC
// is checked wherever there is one; `with_crc` says that there must be one.
core::Result<std::vector<Number>> values_in(std::string_view line, bool with_crc);

// allccccccccmmmmmmvvvxxx...: "SDI-12 1.3, VAISALA WXT520 103, N1234567".
std::optional<std::string> identity_in(std::string_view line);

}  // namespace afferent::drivers::sdi12
