#include "agent/rules/detector_rhythm.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "agent/rules/detector_time.h"

namespace afferent::rules {
namespace {

constexpr int kAround = 2;       // slots on either side that are taken for the same time of day
constexpr double kOther = 0.3;   // how much the spread of the other kind of day counts
constexpr double kMemory = 8.0;  // days
constexpr double kFewest = 3.0;  // samples that a slot remembers at least
constexpr float kMostCount = 1e6F;

}  // namespace

Rhythm::Place Rhythm::place(double calendar) {
  const double day = std::floor(calendar / kDay);
  const int weekday = static_cast<int>(std::fmod(std::fmod(day + 4.0, 7.0) + 7.0, 7.0));  // 0: Sunday
  const int slot = static_cast<int>((calendar - day * kDay) / (kDay / kSlots));
  return {weekday == 0 || weekday == 6 ? std::size_t{1} : std::size_t{0}, std::clamp(slot, 0, kSlots - 1)};
}

Rhythm::Expected Rhythm::at(double calendar) const {
  const Place here = place(calendar);
  Expected expected;
  double sum = 0.0;
  double slots = 0.0;
  double spread = 0.0;
  double weight = 0.0;
  expected.low = std::numeric_limits<double>::infinity();
  expected.high = -expected.low;
  for (int i = -kAround; i <= kAround; ++i) {
    const auto slot = static_cast<std::size_t>((here.slot + i + kSlots) % kSlots);
    for (std::size_t week = 0; week < 2; ++week) {
      if (count_[week][slot] <= 0) continue;
      const double share = week == here.week ? 1.0 : kOther;
      spread += share * spread_[week][slot];
      weight += share;
    }
    const std::size_t week = count_[here.week][slot] > 0 ? here.week : 1 - here.week;
    if (count_[week][slot] <= 0) continue;
    const double mean = mean_[week][slot];
    sum += mean;
    slots += 1.0;
    expected.low = std::min(expected.low, mean);
    expected.high = std::max(expected.high, mean);
  }
  expected.known = slots > 0;
  expected.mean = expected.known ? sum / slots : 0.0;
  expected.spread = weight > 0 ? spread / weight : 0.0;
  return expected;
}

void Rhythm::learn(double calendar, double value, double residual, double samples_per_day) {
  const Place here = place(calendar);
  const auto slot = static_cast<std::size_t>(here.slot);
  const double memory = std::max(kFewest, std::max(1.0, samples_per_day / kSlots) * kMemory);
  float& count = count_[here.week][slot];
  const double seen = std::min(static_cast<double>(count) + 1.0, memory);
  spread_[here.week][slot] += static_cast<float>((std::abs(residual) - spread_[here.week][slot]) / seen);
  mean_[here.week][slot] += static_cast<float>((value - mean_[here.week][slot]) / seen);
  count = std::min(count + 1.0F, kMostCount);
}

void Rhythm::save(Packer& to) const {
  for (const auto* table : {&mean_, &spread_, &count_}) {
    for (const auto& week : *table) put_floats(to, week);
  }
}

bool Rhythm::restore(Unpacker& from) {
  bool good = true;
  for (auto* table : {&mean_, &spread_, &count_}) {
    for (auto& week : *table) good = get_floats(from, week) && good;
  }
  for (const auto& week : count_) {
    good = good && std::all_of(week.begin(), week.end(), [](float count) { return count >= 0; });
  }
  return good;
}

}  // namespace afferent::rules
