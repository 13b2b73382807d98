// The physical quantity of a channel; it fixes the one unit in which values are stored and published. Value types.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace afferent::core {

enum class Quantity : std::uint8_t {
  none,          // dimensionless: pulses, counts, scores
  volume,        // m3
  flow,          // m3/h
  energy,        // kWh
  power,         // kW
  temperature,   // degC
  length,        // m
  rain,          // mm
  pressure,      // kPa
  angle,         // deg
  ratio,         // %
  voltage,       // V
  current,       // A
  signal,        // dBm
  duration,      // h
  time,          // s since 1970-01-01, UTC or the meter's local time as the channel says
  mass,          // kg
  acceleration,  // m/s2
  boolean,       // true or false
  text,          // UTF-8
};

bool is_quantity(Quantity quantity);  // false for a number that is none of these

std::string_view name_of(Quantity quantity);
std::string_view unit_of(Quantity quantity);  // "" for none, boolean and text
std::optional<Quantity> quantity_named(std::string_view name);

}  // namespace afferent::core
