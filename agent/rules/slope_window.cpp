#include "agent/rules/slope_window.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace afferent::rules {
namespace {

constexpr int kTickBits = 28;  // of a window's length; ages of up to 15 windows fit into 32 bits
constexpr double kStretch = 1.0 / 6;
constexpr int kLongestGap = 8;        // windows; beyond it only the mean slope over the gap is known
constexpr double kFarFromBase = 4.0;  // grains
constexpr double kFarthest = 1e37;    // so that the difference of any two is a 32-bit float

double age(std::uint32_t now, std::uint32_t then) { return now - then; }

std::uint32_t tick_of(core::Nanos at, int shift) {
  return static_cast<std::uint32_t>(static_cast<std::uint64_t>(at.count()) >> shift);
}

// Where the line from `old` to `young` crosses the window's far edge.
double at_edge(double old_value, double old_age, double young_value, double young_age, double edge) {
  return old_value + (young_value - old_value) * (old_age - edge) / (old_age - young_age);
}

}  // namespace

SlopeWindow::Measure::Measure(core::Nanos window, double significant, bool rises, bool falls)
    : length(window),
      shift(std::max(0, static_cast<int>(std::bit_width(static_cast<std::uint64_t>(window.count()))) - kTickBits)),
      grain(significant),
      rise(rises),
      fall(falls) {
  ticks = static_cast<double>(window.count()) / static_cast<double>(std::int64_t{1} << shift);
}

std::optional<SlopeWindow::Change> SlopeWindow::add(core::Nanos now, double value, const Measure& measure) {
  value = std::clamp(value, -kFarthest, kFarthest);
  const std::uint32_t tick = tick_of(now, measure.shift);
  Change change;
  if (count_ == 0) {
    base_ = value;
  } else {
    const core::Nanos gap = now - last_at_;
    if (gap < core::Nanos::zero()) return std::nullopt;
    if (gap / kLongestGap > measure.length) {
      const double share = static_cast<double>(measure.length.count()) / static_cast<double>(gap.count());
      const double slope = (value - last_) * share;
      change = {std::max(slope, 0.0), std::max(-slope, 0.0)};
      count_ = 0;
      base_ = value;
    } else {
      drop_expired(tick, measure.ticks);
      if (measure.rise) change.rise = greatest_rise(tick, value, measure, false);
      if (measure.fall) change.fall = greatest_rise(tick, value, measure, true);
    }
  }
  insert(tick, value, measure);
  last_ = value;
  last_at_ = now;
  return change;
}

void SlopeWindow::save(core::Nanos now, const Measure& measure, Packer& to) const {
  const std::uint32_t tick = tick_of(now, measure.shift);
  to.put(base_);
  to.put(last_);
  to.put(static_cast<std::int64_t>((now - last_at_).count()));
  to.put(tick - opened_);
  to.put(count_);
  for (std::size_t i = 0; i < count_; ++i) {
    const Stretch& stretch = at(i);
    for (const float value : {stretch.low, stretch.high}) to.put(std::bit_cast<std::uint32_t>(value));
    for (const std::uint32_t then : {stretch.low_at, stretch.high_at}) to.put(tick - then);
  }
}

bool SlopeWindow::restore(Unpacker& from, const Elapsed& elapsed, const Measure& measure) {
  SlopeWindow kept;
  kept.base_ = from.get<double>();
  kept.last_ = from.get<double>();
  const auto last_at = elapsed.boot_time(core::Nanos(from.get<std::int64_t>()));
  const auto opened = from.get<std::uint32_t>();
  kept.count_ = from.get<std::uint8_t>();
  bool sound = std::isfinite(kept.base_) && std::isfinite(kept.last_) && kept.count_ <= kStretches;
  const auto saved_at = elapsed.boot_time(core::Nanos::zero());
  const std::uint32_t tick = tick_of(saved_at.value_or(core::Nanos::zero()), measure.shift);
  kept.opened_ = tick - opened;
  for (std::size_t i = 0; i < kStretches; ++i) {
    Stretch& stretch = kept.stretches_[i];
    stretch = {};
    if (!sound || i >= kept.count_) continue;
    for (float* value : {&stretch.low, &stretch.high}) *value = std::bit_cast<float>(from.get<std::uint32_t>());
    for (std::uint32_t* then : {&stretch.low_at, &stretch.high_at}) *then = tick - from.get<std::uint32_t>();
    sound = std::isfinite(stretch.low) && std::isfinite(stretch.high);
  }
  if (!from.ok() || !sound) return false;
  if (!last_at) return true;
  kept.last_at_ = *last_at;
  *this = kept;
  return true;
}

// Keeps the youngest expired one: the line across the window's edge starts in it.
void SlopeWindow::drop_expired(std::uint32_t now, double length) {
  const auto expired = [&](const Stretch& s) { return age(now, s.low_at) > length && age(now, s.high_at) > length; };
  while (count_ >= 2 && expired(at(0)) && expired(at(1))) drop_oldest();
}

// From the present into the past. For a fall everything is mirrored.
double SlopeWindow::greatest_rise(std::uint32_t now, double value, const Measure& measure, bool falling) const {
  const double length = measure.ticks;
  const double sign = falling ? -1.0 : 1.0;
  const double current = sign * (value - base_);
  double lowest = current;
  Point young{current, 0};
  for (std::size_t i = count_; i-- > 0;) {
    const Stretch& stretch = at(i);
    const Point low{sign * static_cast<double>(falling ? stretch.high : stretch.low),
                    age(now, falling ? stretch.high_at : stretch.low_at)};
    if (low.age <= length) {
      lowest = std::min(lowest, low.value);
      young = low;
      continue;
    }
    const bool is_newest = i + 1U == count_;
    const bool one_sample = stretch.low_at == stretch.high_at;
    if (is_newest) {  // nothing in the window but the present: the last sample is known exactly
      const double last_age = age(now, tick_of(last_at_, measure.shift));
      if (last_age > length)
        lowest = std::min(lowest, at_edge(sign * (last_ - base_), last_age, current, 0, length));
      else
        lowest = std::min(lowest, sign * (last_ - base_));
    } else if (one_sample || low.age - young.age <= 2 * kStretch * length) {
      lowest = std::min(lowest, at_edge(low.value, low.age, young.value, young.age, length));
    }
    break;
  }
  return current - lowest;
}

void SlopeWindow::insert(std::uint32_t now, double value, const Measure& measure) {
  const bool opens = count_ == 0 || age(now, opened_) >= kStretch * measure.ticks;
  if (opens && std::abs(value - base_) > kFarFromBase * measure.grain) rebase(value);
  const auto relative = static_cast<float>(value - base_);
  if (!opens) {
    Stretch& newest = at(count_ - 1U);
    if (relative <= newest.low) newest.low = relative, newest.low_at = now;
    if (relative >= newest.high) newest.high = relative, newest.high_at = now;
    return;
  }
  if (count_ == kStretches) drop_oldest();
  opened_ = now;
  ++count_;
  at(count_ - 1U) = {relative, relative, now, now};
}

void SlopeWindow::rebase(double base) {
  const double shift = base_ - base;
  for (std::size_t i = 0; i < count_; ++i) {
    at(i).low = static_cast<float>(static_cast<double>(at(i).low) + shift);
    at(i).high = static_cast<float>(static_cast<double>(at(i).high) + shift);
  }
  base_ = base;
}

}  // namespace afferent::rules
