// Repeatable chance: the same seed gives the same numbers on every machine. Value type.
#pragma once

#include <cstdint>
#include <string_view>

namespace afferent::simulator {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next();                      // splitmix64
  double fraction();                         // 0 <= x < 1
  double normal();                           // mean 0, standard deviation 1
  std::uint64_t below(std::uint64_t limit);  // 0 <= x < limit; 0 for a limit of 0
  bool chance(double probability) { return fraction() < probability; }

 private:
  std::uint64_t state_;
};

// A seed of its own for each named thing, so that adding one does not change the others.
std::uint64_t seed_for(std::uint64_t seed, std::string_view name);

}  // namespace afferent::simulator
