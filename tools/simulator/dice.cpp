#include "tools/simulator/dice.h"

#include <cmath>
#include <numbers>

namespace afferent::simulator {

std::uint64_t Dice::next() {
  std::uint64_t mixed = state_ += 0x9E3779B97F4A7C15u;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
  return mixed ^ (mixed >> 31);
}

double Dice::fraction() { return static_cast<double>(next() >> 11) * 0x1p-53; }

double Dice::normal() {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - fraction()));
  return radius * std::cos(2.0 * std::numbers::pi * fraction());
}

std::uint64_t Dice::below(std::uint64_t limit) { return limit == 0 ? 0 : next() % limit; }

std::uint64_t seed_for(std::uint64_t seed, std::string_view name) {
  std::uint64_t hash = 0xCBF29CE484222325u ^ Dice(seed).next();  // FNV-1a
  for (const char c : name) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001B3u;
  return Dice(hash).next();
}

}  // namespace afferent::simulator
