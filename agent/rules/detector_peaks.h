// How often something as large has come before: remembers the peaks of separate episodes, so that one long episode
// counts once, and what was striking counts little. Value type; under 1 kB, no allocation.
#pragma once

#include <array>
#include <cstdint>

#include "agent/rules/detector_bytes.h"

namespace afferent::rules {

class Peaks {
 public:
  // An episode begins when the value exceeds `floor` and ends when it has been below a fifth of its peak for three
  // hours. Returns -log10 of the episodes a day that reached `value`, beyond the record by a power law; 0 unless the
  // value is a new peak of its episode. `age` is the time watched so far, s; `boot` in s.
  double step(double boot, double age, double value, double floor);

  void save(double boot, Packer& to) const;
  bool restore(Unpacker& from, double boot, double shift);

 private:
  static constexpr std::size_t kMost = 32;
  double rarity(float size, double days, double floor) const;
  void close();

  std::array<float, kMost> sizes_{};  // log2, largest first
  std::array<float, kMost> weights_{};
  std::uint32_t count_ = 0;
  bool open_ = false;
  double peak_ = 0.0;
  double strongest_ = 0.0;  // of this episode
  double last_high_ = 0.0;  // boot time
};

}  // namespace afferent::rules
