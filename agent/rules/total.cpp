#include "agent/rules/total.h"

#include <algorithm>
#include <cmath>

namespace afferent::rules {
namespace {

constexpr double kSmallestModulus = 10'000.0;  // no water meter has fewer than four digits before the point
constexpr double kMostAcross = 0.01;           // of the modulus: more is not used between two readings

double modulus_of(double total, const TotalLimits& limits) {
  if (limits.modulus > 0) return limits.modulus;
  return std::max(kSmallestModulus, std::pow(10.0, std::ceil(std::log10(std::max(total, 1.0)))));
}

// What one reading after another means, by themselves.
Total::Step compared(double before, double total, const TotalLimits& limits) {
  Total::Step step{Total::What::forward, 0.0, before, total};
  const double change = total - before;
  if (change >= 0) {
    const bool leap = limits.jump > 0 && change > limits.jump;
    step.what = leap ? Total::What::doubtful : Total::What::forward;
    step.use = leap ? 0.0 : change;
    return step;
  }
  const double modulus = modulus_of(before, limits);
  const double across = modulus - before + total;
  if (total >= 0 && before <= modulus && across <= kMostAcross * modulus &&
      (limits.jump <= 0 || across <= limits.jump)) {
    step.what = Total::What::rollover;
    step.use = across;
  } else {
    step.what = -change > limits.exchange ? Total::What::doubtful : Total::What::backward;
  }
  return step;
}

}  // namespace

Total::Step Total::add(double total, const TotalLimits& limits, core::Nanos at) {
  if (doubt_ && at == doubted_at_ && total == *doubt_) return {What::doubtful, 0.0, *last_, total};
  doubted_at_ = at;
  if (doubt_) return decide(total, limits);
  if (!last_) {
    last_ = total;
    return {What::first, 0.0, total, total};
  }
  const Step step = compared(*last_, total, limits);
  if (step.what == What::doubtful) {
    doubt_ = total;
  } else {
    last_ = total;
  }
  return step;
}

Total::Step Total::decide(double total, const TotalLimits& limits) {
  const double doubted = *doubt_;
  doubt_.reset();
  Step old_meter = compared(*last_, total, limits);
  if (old_meter.what == What::forward || old_meter.what == What::rollover) {  // it was only one wrong reading
    last_ = total;
    return old_meter;
  }
  const Step new_meter = compared(doubted, total, limits);
  if (new_meter.what == What::doubtful) {
    doubt_ = total;
    return new_meter;
  }
  const Step exchanged{What::exchanged, new_meter.use, *last_, doubted};
  last_ = total;
  return exchanged;
}

void Total::save(Packer& to) const {
  to.put(static_cast<std::uint8_t>((last_ ? 1 : 0) | (doubt_ ? 2 : 0)));
  to.put(last_.value_or(0.0));
  to.put(doubt_.value_or(0.0));
}

bool Total::restore(Unpacker& from) {
  const auto known = from.get<std::uint8_t>();
  const double last = from.get<double>();
  const double doubt = from.get<double>();
  forget();
  if (!from.ok() || known > 3 || !std::isfinite(last) || !std::isfinite(doubt)) return false;
  if ((known & 1) != 0) last_ = last;
  if ((known & 2) != 0) doubt_ = doubt;
  return true;
}

}  // namespace afferent::rules
