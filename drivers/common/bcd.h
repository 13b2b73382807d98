// Binary coded decimals. Pure functions.
#pragma once

#include <cstdint>
#include <optional>

namespace afferent::drivers {

// The number whose decimal digits are the lowest `digits` nibbles of `packed`; nothing where a nibble is above 9.
std::optional<std::uint64_t> from_bcd(std::uint64_t packed, unsigned digits);

// The lowest `digits` decimal digits of `number` as nibbles.
std::uint64_t to_bcd(std::uint64_t number, unsigned digits);

}  // namespace afferent::drivers
