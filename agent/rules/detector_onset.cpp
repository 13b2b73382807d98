#include "agent/rules/detector_onset.h"

#include <algorithm>
#include <cmath>

namespace afferent::rules {
namespace {

constexpr double kBlock = 1800.0;  // s
constexpr double kNearly = 0.99;   // of a block
constexpr double kLongestGap = 6 * 3600.0;
constexpr double kQuiet = 3 * kDay;
constexpr double kMore = 1.3;
constexpr std::size_t kUpper = 7;  // tenths: the level that was usual before, with some of its waves
constexpr double kLargest = 1e30;

}  // namespace

OnsetDetector::OnsetDetector() : refractory_(kQuiet, kMore) {}

// The rise, once there are enough blocks to tell.
double OnsetDetector::close() {
  const auto newest = [this](std::size_t i) { return (next_ + kBlocks - 1 - i) % kBlocks; };
  if (known_ < kBlocks) return 0.0;
  float low = lows_[newest(0)];
  for (std::size_t i = 1; i < kLasting; ++i) low = std::min(low, lows_[newest(i)]);
  std::array<float, kBefore> before{};
  for (std::size_t i = 0; i < kBefore; ++i) before[i] = means_[newest(kLasting + i)];
  const auto upper = before.begin() + kBefore * kUpper / 10;
  std::nth_element(before.begin(), upper, before.end());
  return std::max(0.0, static_cast<double>(low) - static_cast<double>(*upper));
}

double OnsetDetector::step(const Moment& at, double value) {
  const auto last = interval_.last();
  if (last && at.boot <= *last) return 0.0;
  const double since = interval_.step(at.boot).value_or(interval_.usual());
  const bool gap = since > std::max(2 * interval_.usual(), kBlock);
  if (since > std::max(2 * interval_.usual(), kLongestGap)) known_ = 0;
  value = std::clamp(value, -kLargest, kLargest);
  const double covers = gap ? interval_.usual() : since;
  low_ = gathered_ == 0.0 ? value : std::min(low_, value);
  sum_ += value * covers;
  gathered_ += covers;
  if (gathered_ < kNearly * kBlock) return 0.0;
  const auto blocks = static_cast<std::uint32_t>(std::clamp(std::round(gathered_ / kBlock), 1.0, double{kBlocks}));
  for (std::uint32_t i = 0; i < blocks; ++i) {
    lows_[next_] = static_cast<float>(low_);
    means_[next_] = static_cast<float>(sum_ / gathered_);
    next_ = (next_ + 1) % kBlocks;
  }
  known_ = std::min<std::uint32_t>(known_ + blocks, kBlocks);
  sum_ = gathered_ = 0.0;
  rise_ = close();
  return refractory_.pass(at.boot, rise_);
}

void OnsetDetector::save(double boot, Packer& to) const {
  to.put(interval_.learned());
  to.put(boot - interval_.last().value_or(boot));
  to.put(boot - std::max(refractory_.since(), boot - 2 * kQuiet));
  for (const double value : {refractory_.peak(), low_, sum_, gathered_}) to.put(value);
  to.put(known_);
  to.put(next_);
  put_floats(to, lows_);
  put_floats(to, means_);
}

bool OnsetDetector::restore(Unpacker& from, double boot, std::optional<double> shift) {
  double usual = 0.0;
  double last_age = 0.0;
  double report_age = 0.0;
  double peak = 0.0;
  if (!get_doubles(from, usual, last_age, report_age, peak, low_, sum_, gathered_)) return false;
  known_ = from.get<std::uint32_t>();
  next_ = from.get<std::uint32_t>();
  if (!get_floats(from, lows_) || !get_floats(from, means_)) return false;
  if (usual < 0 || usual > 2 * kDay || last_age < 0 || report_age < 0 || known_ > kBlocks || next_ >= kBlocks)
    return false;
  interval_.resume(usual, shift && known_ > 0 ? std::optional(boot - *shift - last_age) : std::nullopt);
  refractory_.resume(peak, boot - shift.value_or(0.0) - report_age);
  if (!shift) {
    known_ = 0;
    sum_ = gathered_ = 0.0;
  }
  return from.ok();
}

}  // namespace afferent::rules
