#include "agent/rules/detector_anomaly.h"

#include <algorithm>
#include <cmath>

namespace afferent::rules {
namespace {

constexpr double kQuiet = kDay / 2;   // s
constexpr double kWarmUp = kDay / 2;  // s before a time of day counts as known
constexpr double kLargest = 1e30;     // beyond it values are taken to be this
constexpr double kLeastSpread =
    0.2;  // of the overall residual: a time of day that never varied is not infinitely strict
constexpr double kMostSpreads = 20.0;  // one reading does not outweigh a day
constexpr double kOfRange = 0.5;       // of all that was seen: so much more is learned of one reading in full
constexpr double kAlike = 1e-6;        // of the value: less than the floats of the rhythm can tell
constexpr double kResidualDays = 3.0;
constexpr double kFewReadings = 6.0;
constexpr double kSomeReadings = 24.0;
constexpr double kMemoryDays = 35.0;     // so long magnitudes count in full ...
constexpr double kMemoryLeast = 10'000;  // ... and at least so many
constexpr double kScale = 3.75;          // the mean of the ranks times this is the strength

}  // namespace

AnomalyDetector::AnomalyDetector() : refractory_(kQuiet, 1.0) {}

// How far from the expected one reading is learned in full: what is wild is learned step by step, if it lasts.
double AnomalyDetector::most_learned(double expected, double spread) const {
  const double range = records_[0].range();
  if (range <= 0) return std::abs(last_value_ - expected);  // a constant: another value must come twice
  return std::max(0.0, kMostSpreads * (spread + residual_.mean) + kOfRange * range);
}

AnomalyDetector::Magnitudes AnomalyDetector::magnitudes(const Moment& at, double value, double samples_per_day) {
  Magnitudes found{};
  const Rhythm::Expected usual = at.calendar ? rhythm_.at(*at.calendar) : Rhythm::Expected{};
  const bool judged = usual.known && age_ > kWarmUp;
  const double expected = judged ? usual.mean : begun_ ? many_.mean : value;
  const double most = most_learned(expected, usual.spread);
  const double learned = std::clamp(value - expected, -most, most);
  double residual = 0.0;
  double beyond = 0.0;
  if (judged) {
    residual = value - usual.mean;
    beyond = std::max({0.0, value - usual.high, usual.low - value});
    if (beyond < kAlike * std::abs(value)) beyond = 0.0;
  }
  const double scale = residual_.mean > 0 ? usual.spread + kLeastSpread * residual_.mean : 0.0;
  const double spreads = scale > 0 ? std::clamp(residual / scale, -kMostSpreads, kMostSpreads) : 0.0;
  const double tamed = std::min(beyond, most);
  found[outside] = beyond;
  found[outside_spreads] = spreads_recent_.add(scale > 0 ? tamed / scale : 0.0, kFewReadings);
  found[outside_lasting] = outside_recent_.add(tamed, kFewReadings);
  found[below] = std::max(0.0, -spreads);
  found[lasting] = std::abs(deviation_recent_.add(spreads, kSomeReadings));
  compare_with_records(value, found);
  residual_.add(std::abs(learned), kResidualDays * samples_per_day);
  const double taken = std::clamp(expected + learned, -kLargest, kLargest);
  if (at.calendar) rhythm_.learn(*at.calendar, taken, judged ? learned : 0.0, samples_per_day);
  return found;
}

void AnomalyDetector::compare_with_records(double value, Magnitudes& found) {
  const double tamed = !begun_ ? value : records_[0].range() > 0 ? records_[0].tame(value) : last_value_;
  const std::array values{tamed, some_.add(tamed, kFewReadings), many_.add(tamed, kSomeReadings)};
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (begun_) found[record + i] = records_[i].beyond(i == 0 ? value : values[i]);
    records_[i].take(values[i], !begun_);
  }
  if (begun_) found[step_size] = std::abs(value - last_value_);
  last_value_ = value;
  begun_ = true;
}

double AnomalyDetector::step(const Moment& at, double value) {
  const auto last = interval_.last();
  if (last && at.boot <= *last) return 0.0;
  const auto since = interval_.step(at.boot);
  age_ += since ? std::min(*since, kDay) : 0.0;
  value = std::clamp(value, -kLargest, kLargest);

  const Magnitudes found = magnitudes(at, value, kDay / interval_.usual());
  const double memory = std::max(kMemoryLeast, kMemoryDays * kDay / interval_.usual());
  double sum = 0.0;
  for (std::size_t i = 0; i < kFeatures; ++i) {
    sum += ranks_[i].rank(found[i]);
    ranks_[i].add(found[i], memory);
  }
  strength_ = kScale * sum / double{kFeatures};
  return refractory_.pass(at.boot, strength_);
}

// All running means of `self`, to be saved or restored.
template <class Self, class Each>
void AnomalyDetector::each_mean(Self& self, Each each) {
  each(self.residual_);
  each(self.outside_recent_);
  each(self.deviation_recent_);
  each(self.spreads_recent_);
  each(self.some_);
  each(self.many_);
}

void AnomalyDetector::save(double boot, Packer& to) const {
  to.put(interval_.learned());
  to.put(boot - interval_.last().value_or(boot));
  to.put(boot - std::max(refractory_.since(), boot - kDay));
  to.put(refractory_.peak());
  each_mean(*this, [&to](const RunningMean& running) {
    to.put(running.mean);
    to.put(running.count);
  });
  for (const Record& seen : records_) {
    to.put(seen.low);
    to.put(seen.high);
  }
  to.put(last_value_);
  to.put(age_);
  to.put(static_cast<std::uint8_t>(begun_));
  rhythm_.save(to);
  for (const RankHistogram& rank : ranks_) rank.save(to);
}

bool AnomalyDetector::restore(Unpacker& from, double boot, std::optional<double> shift) {
  double usual = 0.0;
  double last_age = 0.0;
  double report_age = 0.0;
  double peak = 0.0;
  if (!get_doubles(from, usual, last_age, report_age, peak) || usual < 0 || usual > 2 * kDay) return false;
  if (last_age < 0 || report_age < 0) return false;
  bool good = true;
  each_mean(*this, [&](RunningMean& running) {
    good = get_doubles(from, running.mean) && good;
    running.count = from.get<std::uint32_t>();
  });
  for (Record& seen : records_) good = get_doubles(from, seen.low, seen.high) && seen.low <= seen.high && good;
  if (!get_doubles(from, last_value_, age_) || !good) return false;
  begun_ = from.get<std::uint8_t>() != 0;
  if (!rhythm_.restore(from)) return false;
  for (RankHistogram& rank : ranks_) {
    if (!rank.restore(from)) return false;
  }
  interval_.resume(usual, shift && begun_ ? std::optional(boot - *shift - last_age) : std::nullopt);
  refractory_.resume(peak, boot - shift.value_or(0.0) - report_age);
  return from.ok();
}

}  // namespace afferent::rules
