#include "agent/rules/detector_leak.h"

#include <algorithm>
#include <cmath>

namespace afferent::rules {
namespace {

constexpr double kHour = 3600.0;           // s
constexpr double kNearly = 0.99;           // of an hour
constexpr double kLongestGap = 6 * kHour;  // then the hours before it are forgotten: missing data is no use
constexpr double kLargest = 1e12;
constexpr double kSteps = 1.5;     // of the counter: one step may be the rest of an earlier use
constexpr double kShare = 0.01;    // of the usual use
constexpr double kUsual = 1000.0;  // hours
constexpr double kMost = 20.0;     // of the usual use: a wild value is not learned in full

// Short episodes come in more forms than long ones: their rarity counts for less.
struct Span {
  std::size_t hours;
  double share;
};
constexpr std::array kSpansOfUse{Span{48, 1.0}, Span{24, 0.95}, Span{3, 0.75}};

}  // namespace

double LeakDetector::least() const {
  if (given_ > 0) return given_;
  return std::max(kSteps * grid_.size(), kShare * use_.mean);
}

double LeakDetector::least_of(std::size_t hours) const {
  if (known_ < hours) return 0.0;
  double least = kLargest;
  for (std::size_t i = 1; i <= hours; ++i) least = std::min(least, hours_[(next_ + kHours - i) % kHours]);
  return least;
}

// Half of the least use is added so that the first drop above zero is not infinitely more than nothing.
double LeakDetector::judge(const Moment& at) {
  const double floor = least();
  resting_ = !(hours_[(next_ + kHours - 1) % kHours] > floor);
  if (floor <= 0) return 0.0;
  const double offset = floor / 2;
  double strength = 0.0;
  static_assert(kSpansOfUse.size() == kSpans && kSpansOfUse[0].hours == kHours);
  for (std::size_t i = 0; i < kSpans; ++i) {
    const double least_use = least_of(kSpansOfUse[i].hours);
    const double rare = kSpansOfUse[i].share * peaks_[i].step(at.boot, age_, least_use + offset, floor + offset);
    strength = std::max(strength, rare);
  }
  if (!resting_) flow_ = least_since_rest(floor);
  return strength;
}

// Not that of the rarest span: three hours of the morning have much more than what runs all the time.
double LeakDetector::least_since_rest(double floor) const {
  double least = kLargest;
  for (std::size_t i = 1; i <= known_; ++i) {
    const double use = hours_[(next_ + kHours - i) % kHours];
    if (!(use > floor)) break;
    least = std::min(least, use);
  }
  return least;
}

void LeakDetector::learn(double use) {
  if (!(use > 0)) return;
  if (use_.count == 1 && use_.mean > kMost * use) use_ = {};  // the very first was the wild one
  use_.add(use_.count > 0 ? std::min(use, kMost * use_.mean) : use, kUsual);
}

double LeakDetector::step(const Moment& at, double value) {
  const auto last = interval_.last();
  if (last && at.boot <= *last) return 0.0;
  const double since = interval_.step(at.boot).value_or(interval_.usual());
  const double usual = interval_.usual();
  age_ += std::min(since, kDay);
  const bool filled = !grid_.step(value);
  const bool gap = since > std::max(2 * usual, kHour);
  missing_ = filled ? missing_ + since : gap ? since - usual : 0.0;
  if (missing_ > kLongestGap) known_ = 0;
  if (filled || gap) sum_ = gathered_ = 0.0;
  if (filled) return 0.0;
  const double covers = gap ? usual : since;
  sum_ += std::clamp(value, 0.0, kLargest) * covers;
  gathered_ += covers;
  if (gathered_ < kNearly * kHour) return 0.0;
  const auto hours = static_cast<std::uint32_t>(std::clamp(std::round(gathered_ / kHour), 1.0, double{kHours}));
  for (std::uint32_t i = 0; i < hours; ++i) {
    hours_[next_] = sum_ / gathered_;
    next_ = (next_ + 1) % kHours;
  }
  const double use = sum_ / gathered_;
  learn(use);
  known_ = std::min<std::uint32_t>(known_ + hours, kHours);
  sum_ = gathered_ = 0.0;
  return judge(at);
}

void LeakDetector::save(double boot, Packer& to) const {
  to.put(interval_.learned());
  to.put(boot - interval_.last().value_or(boot));
  for (const double value : {age_, sum_, gathered_, missing_, flow_}) to.put(value);
  to.put(static_cast<std::uint8_t>(resting_));
  to.put(use_.mean);
  to.put(use_.count);
  to.put(known_);
  to.put(next_);
  for (const double use : hours_) to.put(use);
  grid_.save(to);
  for (const Peaks& peaks : peaks_) peaks.save(boot, to);
}

bool LeakDetector::restore(Unpacker& from, double boot, std::optional<double> shift) {
  double usual = 0.0;
  double last_age = 0.0;
  if (!get_doubles(from, usual, last_age, age_, sum_, gathered_, missing_, flow_)) return false;
  resting_ = from.get<std::uint8_t>() != 0;
  if (!get_doubles(from, use_.mean)) return false;
  use_.count = from.get<std::uint32_t>();
  known_ = from.get<std::uint32_t>();
  next_ = from.get<std::uint32_t>();
  for (double& use : hours_) {
    if (!get_doubles(from, use) || use < 0 || use > kLargest) return false;
  }
  if (!grid_.restore(from)) return false;
  for (Peaks& peaks : peaks_) {
    if (!peaks.restore(from, boot, shift.value_or(0.0))) return false;
  }
  if (usual < 0 || usual > 2 * kDay || last_age < 0 || known_ > kHours || next_ >= kHours) return false;
  if (age_ < 0 || sum_ < 0 || gathered_ < 0 || gathered_ > 3 * kDay || !(use_.mean >= 0)) return false;
  interval_.resume(usual, shift && age_ > 0 ? std::optional(boot - *shift - last_age) : std::nullopt);
  if (!shift) {  // how long it was away is not known: what it used meanwhile neither
    known_ = 0;
    sum_ = gathered_ = 0.0;
  }
  return from.ok();
}

}  // namespace afferent::rules
