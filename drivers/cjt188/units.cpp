#include "drivers/cjt188/units.h"

#include <array>

namespace afferent::drivers::cjt188 {
namespace {

using core::Quantity;

// Consecutive codes, each ten times the one before.
struct Run {
  std::uint8_t first;
  std::uint8_t last;
  Quantity quantity;
  int exponent;  // of the first code
  double divisor;
};

constexpr std::array kRuns{
    Run{0x01, 0x01, Quantity::energy, -5, 36.0},  // J: 1 kWh is 36 * 10^5 J
    Run{0x02, 0x0A, Quantity::energy, -3, 1.0},   // Wh .. 100 MWh
    Run{0x0B, 0x13, Quantity::energy, -2, 36.0},  // kJ .. 100 GJ
    Run{0x14, 0x1C, Quantity::power, -3, 1.0},    // W .. 100 MW
    Run{0x29, 0x2E, Quantity::volume, -3, 1.0},   // L .. 100 m3
    Run{0x32, 0x37, Quantity::flow, -3, 1.0},     // L/h .. 100 m3/h
    Run{0x40, 0x4B, Quantity::power, -5, 36.0},   // J/h .. 100 GJ/h
};

}  // namespace

std::optional<Unit> unit_of_code(std::uint8_t code) {
  for (const Run& run : kRuns) {
    if (code < run.first || code > run.last) continue;
    return Unit{run.quantity, run.exponent + (code - run.first), run.divisor, code >= 0x29 && code <= 0x2B};
  }
  return std::nullopt;
}

}  // namespace afferent::drivers::cjt188
