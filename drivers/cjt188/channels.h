// What a CJ/T 188 meter can say, by channel name. Static data, thread-safe.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "agent/core/channel.h"

namespace afferent::drivers::cjt188 {

enum class Item : std::uint8_t {
  volume,
  volume_due,  // at the last settlement day
  volume_reverse,
  energy,
  energy_due,
  power,
  flow,
  supply_temperature,
  return_temperature,
  operating_time,
  meter_time,  // the meter's local time
  valve,
  flag_low_battery,
  settlement_day,  // day of the month
  reading_day,
  price,        // storage 1..3: steps of the price table, currency per unit of use
  price_limit,  // storage 1..2: use up to which a step holds
  purchase_number,
  purchase,  // the last one, currency
  purchase_total,
  credit,  // what is left
  key_version,
};

constexpr std::uint8_t kMonths = 12;

bool is_heat(std::uint8_t type);
// Storage 0 has no number in its name: `volume`, `volume@1` (last month).
core::ChannelSpec channel_of(Item item, std::uint8_t storage = 0);
// What a meter of this type says in its answer to 901F, and its history of `months`.
std::vector<core::ChannelSpec> usual_channels(std::uint8_t type, std::uint8_t months);

}  // namespace afferent::drivers::cjt188
