// The tables of value information codes and of their modifiers. Static data, thread-safe.
// EN 13757-3 tables 10 (primary), 12 (FD), 14 (FB), 15 and 16 (combinable).
#pragma once

#include <cstdint>
#include <string_view>

#include "agent/core/quantity.h"
#include "drivers/common/mbus_meaning.h"

namespace afferent::drivers::mbus {

struct VifRow {
  VifTable table;
  std::uint8_t first;
  std::uint8_t last;
  std::string_view name;
  core::Quantity quantity;
  Meaning::As as;
  int exponent;  // of the first code, each next one being ten times as much
  double factor;
  double divisor;
  bool time_units;  // the two lowest bits say seconds, minutes, hours or days; `exponent` is not used
};

// Null for a code that is reserved or unknown here.
const VifRow* find_vif(VifTable table, std::uint8_t vif);
// Of units that the meter spells out ("%RH").
const VifRow* find_unit(std::string_view unit);

struct ModifierRow {
  enum class Effect : std::uint8_t {
    none,      // says how the value came about, not what it is
    suffix,    // another channel, same unit
    period,    // the value is that of a period: of what is a rate or a state, the unit stays
    scale,     // times 10^exponent
    time,      // the data is a date of something
    duration,  // the data is a duration, unit by the two lowest bits
    count,     // the data is a number of events
    profile,
    error,  // the value is not valid
  };
  std::uint8_t first;
  std::uint8_t last;
  Effect effect;
  std::string_view suffix;
  int exponent;  // of the first code
};

// `extended`: the code stands behind FC. Null where the modifier is reserved, the maker's, or changes the dimension.
const ModifierRow* find_modifier(std::uint8_t code, bool extended);

Scale time_scale(std::uint8_t code);  // seconds, minutes, hours, days to hours

}  // namespace afferent::drivers::mbus
