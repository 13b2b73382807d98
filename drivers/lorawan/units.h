// The units in which codecs give values, and what they are in the one unit of their quantity. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agent/core/quantity.h"

namespace afferent::drivers::lorawan {

struct Unit {
  core::Quantity quantity = core::Quantity::none;
  double factor = 1.0;  // value * factor + offset is in the quantity's unit
  double offset = 0.0;
};

std::optional<Unit> unit_named(std::string_view name);
std::string unit_names();  // all, for a message

// `unit` for a channel of `quantity`: a depth of rain may be any length, a time of day any duration, and what has no
// quantity any unit. Nothing: it does not fit.
std::optional<Unit> unit_for(const Unit& unit, core::Quantity quantity);

}  // namespace afferent::drivers::lorawan
