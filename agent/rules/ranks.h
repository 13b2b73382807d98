// The readings of a while in order of size, of which few are kept: up to 192 as they are, of more one for all in each
// of up to 129 groups of neighbours, none of which has more than a 64th of the readings. Value type.
//
// Which one stands for a group, and where spread() begins, goes in turn through the group, so that the errors of many
// do not add up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace afferent::rules {

struct Weighted {
  double value = 0.0;
  double weight = 0.0;  // how many readings it stands for
};

// The smallest value that has at least so much weight up to and with itself. Reorders `all`, which must not be empty.
double weighted_rank(std::span<Weighted> all, double rank);

class Ranks {
 public:
  void add(double value, double weight = 1.0);
  void clear();
  std::span<const Weighted> all() const { return kept_; }
  // At most so many of them in order, each for as many readings as the next.
  std::vector<double> spread(std::size_t most);

 private:
  static constexpr std::size_t kMost = 192;
  static constexpr double kGroups = 64;
  void thin();

  std::vector<Weighted> kept_;
  double count_ = 0.0;
  double in_group_ = 0.0;
  double in_spread_ = 0.0;
};

}  // namespace afferent::rules
