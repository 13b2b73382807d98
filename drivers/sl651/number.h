// Numbers as stations send them: packed decimal digits or characters. Pure functions, thread-safe.
// Source: SL 651-2014, 6.6.3.3: FF in front of packed digits makes them negative; all FF is no value.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "agent/core/bytes.h"

namespace afferent::drivers::sl651 {

// mantissa / 10^decimals, exact until it is made a double.
struct Decimal {
  std::int64_t mantissa = 0;
  unsigned decimals = 0;

  // mantissa * times / 10^(decimals + shift), rounded once.
  double value(unsigned times = 1, unsigned shift = 0) const;
};

bool is_missing(core::ByteView bytes);  // all FF, or nothing at all

// Nothing for what is no number of at most 18 digits; more than 15 are as exact as a double is.
std::optional<Decimal> packed_decimal(core::ByteView bytes, unsigned decimals);
std::optional<Decimal> text_decimal(std::string_view text);  // "-1.20"

}  // namespace afferent::drivers::sl651
