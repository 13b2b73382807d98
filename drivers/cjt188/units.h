// The unit codes of CJ/T 188 (2004, annex "units"). Static data, thread-safe.
#pragma once

#include <cstdint>
#include <optional>

#include "agent/core/quantity.h"

namespace afferent::drivers::cjt188 {

// One unit as a multiple of ours: 10^exponent / divisor m3, m3/h, kWh or kW.
struct Unit {
  core::Quantity quantity = core::Quantity::none;
  int exponent = 0;
  double divisor = 1.0;  // 36 where joules become watt-hours, else 1
  bool litres = false;   // 29, 2A, 2B: whether these imply decimals is not certain
};

std::optional<Unit> unit_of_code(std::uint8_t code);

}  // namespace afferent::drivers::cjt188
