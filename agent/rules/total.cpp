#include "agent/rules/total.h"

#include <algorithm>
#include <cmath>

#include "agent/rules/compare.h"

namespace afferent::rules {
namespace {

using core::Nanos;

constexpr double kSmallestModulus = 10'000.0;  // no water meter has fewer than four digits before the point
constexpr double kMostAcross = 0.01;           // of the modulus: more is not used between two readings
constexpr double kAboutZero = 0.1;             // of the total before: a new meter has run for its test only
constexpr Nanos kForgiven = std::chrono::hours(6);
constexpr Nanos kOldest = std::chrono::hours(1);       // that a register may be when it is read
constexpr Nanos kShortest = std::chrono::minutes(15);  // for backward flow, which has no reason to leap

double modulus_of(double total, const TotalLimits& limits) {
  if (limits.modulus > 0) return limits.modulus;
  return std::max(kSmallestModulus, std::pow(10.0, std::ceil(std::log10(std::max(total, 1.0)))));
}

// A greater change between two readings is none of a meter, and many of them would be no number.
constexpr double kMostChange = 1e300;

double hours(Nanos time) { return std::chrono::duration<double, std::ratio<3600>>(time).count(); }

bool can_rise(double by, std::optional<Nanos> within, const TotalLimits& limits) {
  if (limits.jump > 0 && by > limits.jump) return false;
  return limits.flow <= 0 || !within || excess(by, limits.flow * hours(*within + kOldest), kStored) <= 0;
}

bool can_run_back(double by, double from, std::optional<Nanos> within, const TotalLimits& limits) {
  if (by <= limits.vibration) return true;
  const double left = from - by;
  const bool about_zero = left >= 0 && left <= kAboutZero * from;
  if (by > limits.exchange || about_zero) return false;
  return limits.flow <= 0 || !within || by <= limits.flow * hours(std::max(*within, kShortest));
}

}  // namespace

TotalLimits total_limits(const core::ConfigNode& options) {
  TotalLimits limits;
  limits.modulus = options["modulus"].real(limits.modulus);
  limits.exchange = options["exchange"].real(limits.exchange);
  limits.jump = options["jump"].real(limits.jump);
  limits.flow = options["flow"].real(limits.flow);
  limits.vibration = options["vibration"].real(limits.vibration);
  return limits;
}

// What one reading after another means, by themselves.
Total::Step Total::compared(const Mark& before, const Mark& now, const TotalLimits& limits) {
  Step step{What::forward, 0.0, before.total, now.total};
  const double change = now.total - before.total;
  if (!(std::abs(change) <= kMostChange)) {
    step.what = What::doubtful;
    return step;
  }
  std::optional<Nanos> within;
  if (before.at && now.at) within = *now.at - *before.at;
  if (change >= 0) {
    const bool leap = !can_rise(change, within, limits);
    step.what = leap ? What::doubtful : What::forward;
    step.use = leap ? 0.0 : change;
    return step;
  }
  const double modulus = modulus_of(before.total, limits);
  const double across = modulus - before.total + now.total;
  if (now.total >= 0 && before.total <= modulus && std::isfinite(modulus) && across <= kMostAcross * modulus &&
      can_rise(across, within, limits)) {
    step.what = What::rollover;
    step.use = across;
  } else {
    step.what = can_run_back(-change, before.total, within, limits) ? What::backward : What::doubtful;
  }
  return step;
}

Total::Step Total::add(double total, const TotalLimits& limits, Nanos at) {
  const Mark now{total, at};
  const auto again = [&](const std::optional<Mark>& mark) { return mark && mark->at == at && mark->total == total; };
  if (again(doubt_)) return {What::doubtful, 0.0, last_->total, total};
  if (doubt_) return decide(now, limits);
  if (!last_) {
    begin(now);
    return {What::first, 0.0, total, total};
  }
  if (again(last_)) return {What::forward, 0.0, total, total};
  const Step step = compared(*last_, now, limits);
  if (step.what != What::doubtful) return accept(step, now, limits);
  doubt_ = now;
  return step;
}

Total::Step Total::decide(const Mark& now, const TotalLimits& limits) {
  const Mark doubted = *doubt_;
  doubt_.reset();
  const bool goes_on = doubted.total > last_->total && now.total >= doubted.total;
  if (!goes_on) {
    const Step old_meter = compared(*last_, now, limits);
    const bool nearer = std::abs(now.total - last_->total) < std::abs(now.total - doubted.total);
    const bool forward = old_meter.what == What::forward || old_meter.what == What::rollover;
    if (forward || (old_meter.what == What::backward && nearer)) {  // it was only one wrong reading
      return accept(old_meter, now, limits);
    }
  }
  const Step new_meter = compared(doubted, now, limits);
  if (new_meter.what == What::doubtful) {
    doubt_ = now;
    return new_meter;
  }
  const Step exchanged{What::exchanged, new_meter.use, last_->total, doubted.total};
  begin(now);
  return exchanged;
}

// Takes the reading as the last, and what it makes up for as no use.
Total::Step Total::accept(Step step, const Mark& now, const TotalLimits& limits) {
  if (step.what == What::rollover) {
    begin(now);
    return step;
  }
  if (!peak_.at) peak_.at = now.at;
  const bool back_again = now.total >= peak_.total;
  const bool ran_back = excess(peak_.total - last_->total, limits.vibration, kStored) > 0 && !back_again;
  const bool forgiven = *now.at - *peak_.at > kForgiven;
  if (ran_back || forgiven) peak_ = {last_->total, now.at};
  step.use = std::max(0.0, now.total - peak_.total);
  if (now.total >= peak_.total) peak_ = now;
  last_ = now;
  return step;
}

void Total::save(Nanos now, Packer& to) const {
  to.put(static_cast<std::uint8_t>((last_ ? 1 : 0) | (doubt_ ? 2 : 0)));
  for (const Mark& mark : {last_.value_or(Mark{}), doubt_.value_or(Mark{}), peak_}) {
    to.put(mark.total);
    to.put(static_cast<std::int64_t>(mark.at ? (now - *mark.at).count() : -1));
  }
}

bool Total::restore(Unpacker& from, const Elapsed& elapsed) {
  forget();
  const auto known = from.get<std::uint8_t>();
  std::array<Mark, 3> marks;
  bool sound = known <= 3 && known != 2;
  for (Mark& mark : marks) {
    mark.total = from.get<double>();
    mark.at = elapsed.boot_time(Nanos(from.get<std::int64_t>()));
    sound = sound && std::isfinite(mark.total);
  }
  if (!from.ok() || !sound) return false;
  if ((known & 1) != 0) last_ = marks[0];
  if ((known & 2) != 0) doubt_ = marks[1];
  peak_ = marks[2];
  return true;
}

}  // namespace afferent::rules
