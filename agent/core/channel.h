// The channels of a device: what each is called, what it measures and what range is believable. Value types.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "agent/core/quantity.h"
#include "agent/core/value.h"

namespace afferent::core {

// Index of a channel in its device's own table: dense, from 0, stable for the life of the driver.
enum class Channel : std::uint16_t {};
inline constexpr std::size_t index(Channel channel) { return static_cast<std::size_t>(channel); }

struct ChannelSpec {
  std::string name;  // `level`, `volume@1` (storage 1), `volume#2` (tariff 2), `flag_leak`
  Quantity quantity = Quantity::none;
  std::int8_t exponent = 0;  // the values are whole multiples of 10^exponent; a hint for compact encoding
  double minimum = -std::numeric_limits<double>::infinity();  // valid range, in the quantity's unit
  double maximum = std::numeric_limits<double>::infinity();
};

Value::Kind kind_of(Quantity quantity);

// A name is [a-z][a-z0-9_]*, then optionally '@' and a storage number, then '#' and a tariff number.
bool is_channel_name(std::string_view name);

// Why this cannot be a channel, "" when it can: a name that is none, a quantity that is none, no range.
std::string_view mistake_in(const ChannelSpec& channel);

}  // namespace afferent::core
