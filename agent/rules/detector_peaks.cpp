#include "agent/rules/detector_peaks.h"

#include <algorithm>
#include <cmath>

#include "agent/rules/detector_time.h"

namespace afferent::rules {
namespace {

constexpr double kStill = 0.2;            // of the peak
constexpr double kOver = 3 * 3600.0;      // s
constexpr double kStriking = 2.0;         // an episode this rare (one in a hundred days) is not taken for usual at once
constexpr float kStrikingWeight = 0.25F;  // ... but counts this much
constexpr double kOctaves = 2.0;          // how far peaks lie apart, before enough were seen to know
constexpr std::size_t kFitted = 10;       // largest peaks that the power law is fitted to
constexpr double kLeastOctaves = 0.1;
constexpr float kLargestSize = 2000.0F;  // log2; more than any number has

}  // namespace

double Peaks::rarity(float size, double days, double floor) const {
  double reached = 0.0;
  for (std::size_t i = 0; i < count_; ++i) reached += sizes_[i] >= size ? weights_[i] : 0.0;
  double rare = -std::log10((reached + 0.5) / (days + 1.0));
  const bool beyond = count_ == 0 || size > sizes_[0];
  if (!beyond) return rare;
  const std::size_t fitted = std::min<std::size_t>(count_, kFitted);
  double apart = kOctaves;
  if (fitted >= 2) {
    double sum = 2 * kOctaves;
    for (std::size_t i = 0; i + 1 < fitted; ++i) sum += sizes_[i] - sizes_[fitted - 1];
    apart = std::max(kLeastOctaves, sum / (static_cast<double>(fitted) + 1.0));
  }
  const double reference = count_ == 0 ? std::log2(floor) : double{sizes_[0]};
  return rare + (double{size} - reference) / apart * std::log10(std::exp(1.0));
}

void Peaks::close() {
  open_ = false;
  const auto size = static_cast<float>(std::log2(peak_));
  const float weight = strongest_ > kStriking ? kStrikingWeight : 1.0F;
  std::size_t at = 0;
  while (at < count_ && sizes_[at] >= size) ++at;
  if (at == kMost) return;
  if (count_ < kMost) ++count_;
  for (std::size_t i = count_ - 1; i > at; --i) {
    sizes_[i] = sizes_[i - 1];
    weights_[i] = weights_[i - 1];
  }
  sizes_[at] = size;
  weights_[at] = weight;
}

double Peaks::step(double boot, double age, double value, double floor) {
  if (open_ && value < kStill * peak_ && boot - last_high_ > kOver) close();
  bool grown = open_ && value > peak_;
  if (!open_ && value > floor) {
    open_ = grown = true;
    strongest_ = 0.0;
  }
  if (grown) peak_ = value;
  if (open_ && value >= kStill * peak_) last_high_ = boot;
  if (!grown) return 0.0;
  const double rare = rarity(static_cast<float>(std::log2(value)), age / kDay, floor);
  strongest_ = std::max(strongest_, rare);
  return rare;
}

void Peaks::save(double boot, Packer& to) const {
  to.put(static_cast<std::uint8_t>(open_));
  to.put(static_cast<std::uint8_t>(count_));
  for (const double value : {peak_, strongest_, boot - last_high_}) to.put(value);
  put_floats(to, sizes_);
  put_floats(to, weights_);
}

bool Peaks::restore(Unpacker& from, double boot, double shift) {
  open_ = from.get<std::uint8_t>() != 0;
  count_ = from.get<std::uint8_t>();
  double high_age = 0.0;
  if (count_ > kMost || !get_doubles(from, peak_, strongest_, high_age)) return false;
  last_high_ = boot - shift - high_age;
  if (!get_floats(from, sizes_) || !get_floats(from, weights_)) return false;
  const bool sizes =
      std::all_of(sizes_.begin(), sizes_.end(), [](float size) { return std::abs(size) < kLargestSize; });
  const bool weights =
      std::all_of(weights_.begin(), weights_.end(), [](float weight) { return weight >= 0 && weight <= 1; });
  return sizes && weights && peak_ >= 0 && (!open_ || peak_ > 0);
}

}  // namespace afferent::rules
