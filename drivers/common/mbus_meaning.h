// What a record's value information means: the channel it belongs to and how its raw value becomes our unit. What is
// not known for certain (a maker's own code, a reserved one, a modifier that changes the dimension, but for "per month"
// and its like, which stand in the name) has no meaning, and so no channel. Static data and pure functions,
// thread-safe. EN 13757-3 clause 6.4 and its tables.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/core/channel.h"
#include "drivers/common/mbus_records.h"

namespace afferent::drivers::mbus {

// value = raw * factor * 10^exponent / divisor. Factor and divisor are whole where the units allow it, so that the one
// division at the end gives the nearest double.
struct Scale {
  double factor = 1.0;
  int exponent = 0;
  double divisor = 1.0;
};

double scaled(double raw, const Scale& scale);

struct Meaning {
  enum class As : std::uint8_t {
    number,
    count,  // like number, but the raw value is unsigned
    flags,  // bits: unsigned, and no bit pattern says "no value"
    time,   // type F, G or I by its length
    text,
    profile,  // a compact profile of what the same VIF without that modifier means
  };
  core::ChannelSpec channel;
  As as = As::number;
  Scale scale;
  bool doubted = false;  // the meter marks the value as in error: quality bad
};

std::optional<Meaning> meaning_of(const Record& record);

// "volume", storage 1, tariff 2, sub-unit 3 -> "volume_unit3@1#2"
std::string channel_name(std::string_view base, std::uint64_t storage, std::uint32_t tariff, std::uint32_t subunit);

// The number in the channel's unit; nothing for a record without a valid value, and for times and texts.
std::optional<double> number_of(const Record& record, Meaning::As as, const Scale& scale);
// All bits of a stored total are set, which type B (a signed number) reads as -1, or, where decimal digits are
// expected, only the top bit is, which is type B's "no value": a register that was never written.
bool looks_unset(const Record& record, core::Quantity quantity);
// Digits, characters, the letters of a maker or hexadecimal, whatever the data is; empty where there is none.
std::string text_value(const Record& record);

}  // namespace afferent::drivers::mbus
