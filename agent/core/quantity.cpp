#include "agent/core/quantity.h"

#include <array>

namespace afferent::core {
namespace {

struct Row {
  Quantity quantity;
  std::string_view name;
  std::string_view unit;
};

// In the order of the enumeration: the index is the value.
constexpr std::array kRows{
    Row{Quantity::none, "none", ""},
    Row{Quantity::volume, "volume", "m3"},
    Row{Quantity::flow, "flow", "m3/h"},
    Row{Quantity::energy, "energy", "kWh"},
    Row{Quantity::power, "power", "kW"},
    Row{Quantity::temperature, "temperature", "degC"},
    Row{Quantity::length, "length", "m"},
    Row{Quantity::rain, "rain", "mm"},
    Row{Quantity::pressure, "pressure", "kPa"},
    Row{Quantity::angle, "angle", "deg"},
    Row{Quantity::ratio, "ratio", "%"},
    Row{Quantity::voltage, "voltage", "V"},
    Row{Quantity::current, "current", "A"},
    Row{Quantity::signal, "signal", "dBm"},
    Row{Quantity::duration, "duration", "h"},
    Row{Quantity::time, "time", "s"},
    Row{Quantity::mass, "mass", "kg"},
    Row{Quantity::acceleration, "acceleration", "m/s2"},
    Row{Quantity::boolean, "boolean", ""},
    Row{Quantity::text, "text", ""},
};

const Row& row(Quantity quantity) { return kRows[static_cast<std::size_t>(quantity)]; }

}  // namespace

bool is_quantity(Quantity quantity) { return static_cast<std::size_t>(quantity) < kRows.size(); }

std::string_view name_of(Quantity quantity) { return row(quantity).name; }

std::string_view unit_of(Quantity quantity) { return row(quantity).unit; }

std::optional<Quantity> quantity_named(std::string_view name) {
  for (const Row& candidate : kRows) {
    if (candidate.name == name) return candidate.quantity;
  }
  return std::nullopt;
}

}  // namespace afferent::core
