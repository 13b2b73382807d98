#include "agent/rules/detector_rank.h"

#include <algorithm>
#include <cmath>

namespace afferent::rules {
namespace {

constexpr double kFewest = 20.0;        // magnitudes before anything is said
constexpr double kTail = 0.05;          // the share of the largest that the power law is fitted to
constexpr double kTailFewest = 6.0;     // ... and how many these must be
constexpr double kSteepest = 0.03;      // decades: a tail narrower than this is taken to be as wide
constexpr double kDecade = 0.30102999;  // log10 of 2
constexpr double kStray = 0.02;         // of the others: so few may lie apart from all the rest
constexpr int kRoom = 8;                // bins left free above a new record
constexpr int kMostBeyond = 24;         // bins that a record may be beyond the last one
constexpr int kFurthestBase = 100'000;  // bins; what a double can hold lies far within

}  // namespace

double RankHistogram::position(double value) const { return std::log2(value) * kPerOctave - base_; }

int RankHistogram::bin(double value) const {
  if (!(value > 0)) return 0;
  return static_cast<int>(std::clamp(std::floor(position(value)), 1.0, kBins - 1.0));
}

// The first magnitude may have been a wild one, so that all usual ones lie below the bins: they are given their place.
void RankHistogram::begin_anew(int wanted) {
  double above = 0.0;
  for (std::size_t i = 2; i < counts_.size(); ++i) above += counts_[i];
  if (counts_[1] < kFewest || above > kStray * counts_[1]) return;
  std::fill(counts_.begin() + 2, counts_.end(), 0.0F);
  std::swap(counts_[1], counts_[kPlace]);
  counts_.back() = static_cast<float>(above);
  base_ = wanted - kPlace;
}

void RankHistogram::make_room(double value) {
  const int wanted = static_cast<int>(std::floor(std::log2(value) * kPerOctave));
  if (!placed_) base_ = wanted - kPlace;
  placed_ = true;
  if (wanted - base_ < 1) begin_anew(wanted);
  if (wanted - base_ < kBins) return;
  const int shift = wanted - base_ - kBins + 1 + kRoom;
  const auto by = static_cast<std::size_t>(shift);
  float low = 0;
  for (std::size_t i = 1; i < counts_.size(); ++i) {
    if (i <= by) low += counts_[i];
    counts_[i] = i + by < counts_.size() ? counts_[i + by] : 0.0F;
  }
  counts_[1] += low;
  base_ += shift;
}

void RankHistogram::add(double value, double memory) {
  int largest = kBins - 1;
  while (largest > 0 && counts_[static_cast<std::size_t>(largest)] <= 0) --largest;
  if (largest > 0) value = std::min(value, std::exp2((base_ + largest + kMostBeyond) / kPerOctave));
  if (value > 0) make_room(value);
  counts_[static_cast<std::size_t>(bin(value))] += 1.0F;
  total_ += 1.0;
  if (total_ <= std::min(memory, kMostKept)) return;
  for (float& count : counts_) count *= 0.5F;
  total_ *= 0.5;
}

double RankHistogram::rank(double value) const {
  if (total_ < kFewest || !placed_ || !(value > 0)) return 0.0;
  const double wanted = std::max(kTail * total_, kTailFewest);
  std::size_t edge = kBins;  // the tail begins at this bin
  double tail = 0.0;
  while (edge > 1 && tail + counts_[edge - 1] < wanted) tail += counts_[--edge];
  if (tail < 1.0 && edge > 1) tail += counts_[--edge];

  const auto at = static_cast<std::size_t>(bin(value));
  if (at < edge) {
    double above = 0.5 * counts_[at];
    for (std::size_t i = at + 1; i < kBins; ++i) above += counts_[i];
    return std::max(0.0, -std::log10((above + 0.5) / (total_ + 1.0)));
  }
  double excess = 0.0;
  for (std::size_t i = edge; i < kBins; ++i) excess += counts_[i] * (static_cast<double>(i - edge) + 0.5);
  if (tail < 1.0) {  // all that were above zero have nearly faded: what is left of them is one, as far up as they were
    excess = tail > 0 ? excess / tail : position(value) - static_cast<double>(edge);
    tail = 1.0;
  }
  const double mean = std::max((excess + 0.5) / (tail + 0.5), kSteepest * kPerOctave / kDecade);
  const double beyond = std::max(0.0, position(value) - static_cast<double>(edge));
  return std::max(0.0, -std::log10((tail + 0.5) / (total_ + 1.0)) + beyond / mean * std::log10(std::exp(1.0)));
}

void RankHistogram::save(Packer& to) const {
  to.put(static_cast<std::uint8_t>(placed_));
  to.put(static_cast<std::int32_t>(base_));
  put_floats(to, counts_);
}

bool RankHistogram::restore(Unpacker& from) {
  placed_ = from.get<std::uint8_t>() != 0;
  base_ = from.get<std::int32_t>();
  if (!get_floats(from, counts_) || base_ < -kFurthestBase || base_ > kFurthestBase) return false;
  total_ = 0.0;
  for (const float count : counts_) {
    if (count < 0) return false;
    total_ += count;
  }
  return total_ <= 2 * kMostKept;
}

}  // namespace afferent::rules
