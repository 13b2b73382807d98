// The usual course of a day, of workdays and of weekends: per quarter of an hour a mean and a spread that forget with
// a length of about eight days. Value type; 2.3 kB, no allocation.
#pragma once

#include <array>

#include "agent/rules/detector_bytes.h"

namespace afferent::rules {

class Rhythm {
 public:
  struct Expected {
    bool known = false;
    double mean = 0.0;
    double low = 0.0;  // of the means half an hour around
    double high = 0.0;
    double spread = 0.0;
  };
  Expected at(double calendar) const;  // s since 1970-01-01
  void learn(double calendar, double value, double residual, double samples_per_day);

  void save(Packer& to) const;
  bool restore(Unpacker& from);

 private:
  static constexpr int kSlots = 96;
  struct Place {
    std::size_t week;  // 0: workday
    int slot;
  };
  static Place place(double calendar);
  std::array<std::array<float, kSlots>, 2> mean_{};
  std::array<std::array<float, kSlots>, 2> spread_{};
  std::array<std::array<float, kSlots>, 2> count_{};
};

}  // namespace afferent::rules
