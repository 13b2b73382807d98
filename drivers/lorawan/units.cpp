#include "drivers/lorawan/units.h"

#include <array>

namespace afferent::drivers::lorawan {
namespace {

using core::Quantity;

struct Named {
  std::string_view name;
  Unit unit;
};

constexpr std::array kUnits{
    Named{"m", {Quantity::length, 1.0}},
    Named{"cm", {Quantity::length, 0.01}},
    Named{"mm", {Quantity::length, 0.001}},
    Named{"ft", {Quantity::length, 0.3048}},
    Named{"in", {Quantity::length, 0.0254}},
    Named{"m3", {Quantity::volume, 1.0}},
    Named{"l", {Quantity::volume, 0.001}},
    Named{"L", {Quantity::volume, 0.001}},
    Named{"ft3", {Quantity::volume, 0.028316846592}},
    Named{"gal", {Quantity::volume, 0.003785411784}},
    Named{"m3/h", {Quantity::flow, 1.0}},
    Named{"l/h", {Quantity::flow, 0.001}},
    Named{"l/min", {Quantity::flow, 0.06}},
    Named{"l/s", {Quantity::flow, 3.6}},
    Named{"kWh", {Quantity::energy, 1.0}},
    Named{"Wh", {Quantity::energy, 0.001}},
    Named{"MWh", {Quantity::energy, 1000.0}},
    Named{"MJ", {Quantity::energy, 1.0 / 3.6}},
    Named{"GJ", {Quantity::energy, 1000.0 / 3.6}},
    Named{"kW", {Quantity::power, 1.0}},
    Named{"W", {Quantity::power, 0.001}},
    Named{"degC", {Quantity::temperature, 1.0}},
    Named{"degF", {Quantity::temperature, 5.0 / 9.0, -160.0 / 9.0}},
    Named{"K", {Quantity::temperature, 1.0, -273.15}},
    Named{"kPa", {Quantity::pressure, 1.0}},
    Named{"Pa", {Quantity::pressure, 0.001}},
    Named{"hPa", {Quantity::pressure, 0.1}},
    Named{"mbar", {Quantity::pressure, 0.1}},
    Named{"bar", {Quantity::pressure, 100.0}},
    Named{"MPa", {Quantity::pressure, 1000.0}},
    Named{"psi", {Quantity::pressure, 6.894757293168}},
    Named{"deg", {Quantity::angle, 1.0}},
    Named{"rad", {Quantity::angle, 57.29577951308232}},
    Named{"%", {Quantity::ratio, 1.0}},
    Named{"1", {Quantity::ratio, 100.0}},
    Named{"V", {Quantity::voltage, 1.0}},
    Named{"mV", {Quantity::voltage, 0.001}},
    Named{"A", {Quantity::current, 1.0}},
    Named{"mA", {Quantity::current, 0.001}},
    Named{"dBm", {Quantity::signal, 1.0}},
    Named{"h", {Quantity::duration, 1.0}},
    Named{"min", {Quantity::duration, 1.0 / 60.0}},
    Named{"s", {Quantity::duration, 1.0 / 3600.0}},
    Named{"ms", {Quantity::duration, 1.0 / 3'600'000.0}},
    Named{"d", {Quantity::duration, 24.0}},
    Named{"kg", {Quantity::mass, 1.0}},
    Named{"g", {Quantity::mass, 0.001}},
    Named{"t", {Quantity::mass, 1000.0}},
    Named{"m/s2", {Quantity::acceleration, 1.0}},
    Named{"gn", {Quantity::acceleration, 9.80665}},
    Named{"mgn", {Quantity::acceleration, 0.00980665}},
};

}  // namespace

std::optional<Unit> unit_named(std::string_view name) {
  for (const Named& known : kUnits) {
    if (known.name == name) return known.unit;
  }
  return std::nullopt;
}

std::string unit_names() {
  std::string names;
  for (const Named& known : kUnits) names += (names.empty() ? "" : ", ") + std::string(known.name);
  return names;
}

std::optional<Unit> unit_for(const Unit& unit, Quantity quantity) {
  if (quantity == Quantity::none) return Unit{};  // the number as it is
  if (unit.quantity == quantity) return unit;
  if (quantity == Quantity::rain && unit.quantity == Quantity::length) return Unit{quantity, unit.factor * 1000.0};
  if (quantity == Quantity::time && unit.quantity == Quantity::duration) return Unit{quantity, unit.factor * 3600.0};
  return std::nullopt;
}

}  // namespace afferent::drivers::lorawan
