#include "agent/rules/slope_window.h"

#include <algorithm>
#include <cmath>

namespace afferent::rules {
namespace {

constexpr int kTicks = 4096;  // in a window's length; ages of up to 15 windows fit into 16 bits
constexpr int kStretchTicks = kTicks / 8;
constexpr int kLongestGap = 8;  // windows; beyond it only the mean slope over the gap is known

int age(std::uint16_t now, std::uint16_t then) { return static_cast<std::uint16_t>(now - then); }

// Where the line from `old` to `young` crosses the window's far edge.
double at_edge(double old_value, int old_age, double young_value, int young_age) {
  return old_value + (young_value - old_value) * (old_age - kTicks) / (old_age - young_age);
}

}  // namespace

SlopeWindow::Measure::Measure(core::Nanos window, double significant, bool rises, bool falls)
    : length(window),
      ticks_per_nano(kTicks / static_cast<double>(std::max(window, core::Nanos(kTicks)).count())),
      grain(significant),
      rise(rises),
      fall(falls) {}

std::optional<SlopeWindow::Change> SlopeWindow::add(core::Nanos now, double value, const Measure& measure) {
  const auto ticks = static_cast<std::int64_t>(static_cast<double>(now.count()) * measure.ticks_per_nano);
  const auto tick = static_cast<std::uint16_t>(ticks);
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
      drop_expired(tick);
      if (measure.rise) change.rise = greatest_rise(tick, value, false);
      if (measure.fall) change.fall = greatest_rise(tick, value, true);
    }
  }
  insert(tick, value, measure.grain);
  last_ = value;
  last_at_ = now;
  last_tick_ = tick;
  return change;
}

// Keeps the youngest expired one: the line across the window's edge starts in it.
void SlopeWindow::drop_expired(std::uint16_t now) {
  const auto expired = [now](const Stretch& s) { return age(now, s.low_at) > kTicks && age(now, s.high_at) > kTicks; };
  while (count_ >= 2 && expired(at(0)) && expired(at(1))) drop_oldest();
}

// From the present into the past. For a fall everything is mirrored.
double SlopeWindow::greatest_rise(std::uint16_t now, double value, bool falling) const {
  const double sign = falling ? -1.0 : 1.0;
  const double current = sign * (value - base_);
  double lowest = current;
  Point young{current, 0};
  for (std::size_t i = count_; i-- > 0;) {
    const Stretch& stretch = at(i);
    const Point low{sign * static_cast<double>(falling ? stretch.high : stretch.low),
                    age(now, falling ? stretch.high_at : stretch.low_at)};
    if (low.age <= kTicks) {
      lowest = std::min(lowest, low.value);
      young = low;
      continue;
    }
    const bool is_newest = i + 1U == count_;
    const bool one_sample = stretch.low_at == stretch.high_at;
    if (is_newest) {  // nothing in the window but the present: the last sample is known exactly
      const int last_age = age(now, last_tick_);
      if (last_age > kTicks)
        lowest = std::min(lowest, at_edge(sign * (last_ - base_), last_age, current, 0));
      else
        lowest = std::min(lowest, sign * (last_ - base_));
    } else if (one_sample || low.age - young.age <= 2 * kStretchTicks) {
      lowest = std::min(lowest, at_edge(low.value, low.age, young.value, young.age));
    }
    break;
  }
  return current - lowest;
}

void SlopeWindow::insert(std::uint16_t now, double value, double grain) {
  const bool opens = count_ == 0 || age(now, opened_) >= kStretchTicks;
  if (opens && std::abs(value - base_) > 1000.0 * grain) rebase(value);
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
