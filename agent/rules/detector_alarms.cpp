#include "agent/rules/detector_alarms.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace afferent::rules {
namespace {

constexpr double kMonth = 30.0;     // days
constexpr double kBelief = 60.0;    // days: so long the general rate counts as much as the stream's own
constexpr double kLongest = 360.0;  // days, then all is halved: older reports fade
constexpr double kLowest = 2.0;     // strength of the first bin
constexpr double kWidth = 0.5;

// log10 of the reports a month at strengths 2, 3, ...: measured on streams of many kinds, read every five minutes.
constexpr std::array kGeneral{2.0, 1.49, 0.93, 0.32, -0.26, -0.6, -0.92};

constexpr double kInterval = 300.0;  // s
// Strength that a stream read ten times less often, or more often, reaches less or more by chance: measured on noise
// with and without memory, daily rhythm and counts, 1 s to 6 h.
constexpr double kSlower = 1.5;
constexpr double kFaster = 0.7;

// So many times more a stream reports by chance that is known for no time: what is usual there is not known yet, and
// values with heavy tails break their record again and again. Measured as above.
constexpr double kYoung = 60.0;
constexpr double kYoungPower = 1.5;

constexpr double kChanged = 2.0;  // times longer or shorter: another interval ...
constexpr double kSettled = 3.0;  // ... when it lasts so long, days: neither bursts of polls nor slow weekends are any

double general(double strength, double interval) {
  const double decades = std::log10(interval / kInterval);
  strength += decades * (decades > 0 ? kSlower : kFaster);
  const double at = std::max(0.0, strength - kLowest);
  const auto i = std::min(static_cast<std::size_t>(at), kGeneral.size() - 2);
  const double log = kGeneral[i] + (kGeneral[i + 1] - kGeneral[i]) * (at - static_cast<double>(i));
  return std::pow(10.0, log);
}

}  // namespace

double AlarmRate::per_month(double strength, double interval) const {
  if (strength < kLowest) return std::numeric_limits<double>::infinity();
  double own = 0.0;
  for (std::size_t i = 0; i < kBins; ++i) {
    const bool last = i + 1 == kBins;  // holds all that are stronger
    if (last || kLowest + kWidth * (static_cast<double>(i) + 0.5) >= strength) own += reports_[i];
  }
  const double young = 1 + kYoung / std::pow(1 + days_, kYoungPower);
  return young * (general(strength, interval) * kBelief + own * kMonth) / (kBelief + days_);
}

void AlarmRate::watch(double days, double interval) {
  if (interval_ <= 0) interval_ = interval;
  const bool other = interval > kChanged * interval_ || interval * kChanged < interval_;
  other_ = other ? other_ + days : 0.0;
  if (other_ > kSettled) {
    *this = AlarmRate();
    interval_ = interval;
  }
  days_ += days;
  if (days_ <= kLongest) return;
  days_ /= 2;
  for (float& count : reports_) count /= 2;
}

void AlarmRate::report(double strength) {
  if (strength < kLowest) return;
  reports_[std::min(static_cast<std::size_t>((strength - kLowest) / kWidth), kBins - 1)] += 1.0F;
}

void AlarmRate::save(Packer& to) const {
  put_floats(to, reports_);
  to.put(days_);
}

bool AlarmRate::restore(Unpacker& from) { return get_floats(from, reports_) && get_doubles(from, days_) && days_ >= 0; }

}  // namespace afferent::rules
