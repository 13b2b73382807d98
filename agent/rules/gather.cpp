#include "agent/rules/gather.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "agent/rules/saved.h"

namespace afferent::rules {
namespace {

using core::Nanos;

constexpr int kGrains = 64;
constexpr std::size_t kMost = kGrains + 2;
constexpr std::size_t kValues = 16;  // of a stretch

constexpr int kWithValues = 2;  // beside has_last_ in what is saved

double ns(Nanos time) { return static_cast<double>(time.count()); }

double bounded(double sum) {
  constexpr double kGreatest = std::numeric_limits<double>::max();
  return std::clamp(sum, -kGreatest, kGreatest);
}

}  // namespace

Gather::Stretch& Gather::open(Nanos at, bool leap) {
  const bool joins = !stretches_.empty() && !leap && !stretches_.back().leap && stretches_.back().count != 0 &&
                     at - stretches_.back().first < length_ / kGrains;
  if (!joins) begin(has_last_ ? last_at_ : at, at).leap = leap;
  return stretches_.back();
}

Gather::Stretch& Gather::begin(Nanos from, Nanos first) {
  if (stretches_.size() == kMost) stretches_.erase(stretches_.begin());
  if (!stretches_.empty()) stretches_.back().values = latest_.spread(kValues);
  latest_.clear();
  Stretch& fresh = stretches_.emplace_back();
  fresh.from = from;
  fresh.first = first;
  return fresh;
}

void Gather::add(Nanos at, double value) {
  if (has_last_ && at < last_at_) return;
  if (has_last_) note_interval(at - last_at_);
  const bool leap = has_last_ && at - last_at_ > gap();
  Stretch& stretch = open(at, leap);
  stretch.to = at;
  stretch.low = stretch.count == 0 ? value : std::min(stretch.low, value);
  stretch.high = stretch.count == 0 ? value : std::max(stretch.high, value);
  stretch.sum = bounded(stretch.sum + value);
  ++stretch.count;
  if (quantiles_) latest_.add(value);
  if (has_last_ && !leap) stretch.covered += ns(at - last_at_);
  stretch.rise += use_of(total_.add(value, limits_, at));
  last_at_ = at;
  has_last_ = true;
}

// The other side of a rollover is believed only where something says what a rollover is: else it may be another meter.
double Gather::use_of(const Total::Step& step) const {
  const bool known = step.what != Total::What::rollover || limits_.flow > 0 || limits_.modulus > 0;
  return known ? step.use : 0.0;
}

void Gather::note_interval(Nanos interval) {
  if (interval <= Nanos::zero()) return;
  intervals_[next_interval_] = interval;
  next_interval_ = static_cast<std::uint8_t>((next_interval_ + 1U) % kIntervals);
  if (intervals_known_ < kIntervals) ++intervals_known_;
}

Nanos Gather::gap() const {
  if (gap_) return *gap_;
  const Nanos least = length_ / 8;
  if (intervals_known_ < 2) return least;
  std::array<Nanos, kIntervals> sorted = intervals_;
  const auto middle = sorted.begin() + (intervals_known_ - 1) / 2;
  std::nth_element(sorted.begin(), middle, sorted.begin() + intervals_known_);
  const Nanos usual = *middle;
  return usual > length_ / 2 ? least : std::max(least, usual + usual / 2);  // so few say nothing of the window
}

void Gather::add_late(double value) {
  if (stretches_.empty() || stretches_.back().count == 0) return;
  Stretch& stretch = stretches_.back();
  stretch.low = std::min(stretch.low, value);
  stretch.high = std::max(stretch.high, value);
  stretch.sum = bounded(stretch.sum + value);
  ++stretch.count;
  if (quantiles_) latest_.add(value);
}

void Gather::pass(Nanos at, double value) {
  if (has_last_ && at < last_at_) return;
  if (has_last_) note_interval(at - last_at_);
  total_.add(value, limits_, at);
  last_at_ = at;
  has_last_ = true;
}

void Gather::add_part(Nanos end, Nanos at, double value) {
  if (!has_last_ || end <= last_at_ || at <= last_at_ || at - last_at_ > gap()) return;
  Stretch& part = begin(last_at_, std::min(end, at));
  part.to = part.first;
  part.covered = ns(part.to - part.from);
  Total peek = total_;
  part.rise = use_of(peek.add(value, limits_, at)) * part.covered / ns(at - last_at_);
}

void Gather::drop(Nanos edge) {
  const auto stays = [edge](const Stretch& stretch) { return stretch.to > edge; };
  stretches_.erase(stretches_.begin(), std::find_if(stretches_.begin(), stretches_.end(), stays));
}

double Gather::readings_after(const Stretch& stretch, Nanos after) {
  if (stretch.to <= after) return 0.0;
  if (stretch.first > after || stretch.count < 2 || stretch.first == stretch.to) return stretch.count;
  const double step = ns(stretch.to - stretch.first) / (stretch.count - 1);
  return std::min<double>(stretch.count, std::ceil(ns(stretch.to - after) / step - 1e-9));
}

double Gather::steps_after(const Stretch& stretch, Nanos edge) {
  if (stretch.to <= edge || stretch.from >= stretch.to) return 0.0;
  return ns(stretch.to - std::max(edge, stretch.from)) / ns(stretch.to - stretch.from);
}

Gathered Gather::total(Nanos after, Nanos edge) const {
  Gathered all;
  bool any = false;
  for (const Stretch& stretch : stretches_) {
    const double steps = steps_after(stretch, edge);
    all.rise += stretch.rise * steps;
    all.covered += stretch.covered * steps;
    all.spanned +=
        stretch.leap ? (stretch.from >= edge ? ns(stretch.to - stretch.from) : 0.0) : stretch.covered * steps;
    const double readings = readings_after(stretch, after);
    if (readings <= 0) continue;
    all.count += readings;
    all.sum += stretch.sum * readings / stretch.count;
    all.low = any ? std::min(all.low, stretch.low) : stretch.low;
    all.high = any ? std::max(all.high, stretch.high) : stretch.high;
    any = true;
  }
  return all;
}

// What grew over time is a line of straight pieces, so the least lies where a part begins or ends with one of them.
std::optional<double> Gather::least_rise(Nanos part, Nanos edge) const {
  if (stretches_.empty()) return std::nullopt;
  const Nanos end = stretches_.back().to;
  std::optional<double> least;
  const auto take = [&](Nanos from) {
    if (from < edge || from + part > end) return;
    double rise = 0.0;
    double known = 0.0;
    for (const Stretch& stretch : stretches_) {
      const Nanos begin = std::max(stretch.from, from);
      const Nanos until = std::min(stretch.to, from + part);
      if (until <= begin || stretch.leap) continue;
      known += ns(until - begin);
      rise += stretch.rise * ns(until - begin) / ns(stretch.to - stretch.from);
    }
    if (known >= ns(part) * (1 - 1e-6)) least = std::min(least.value_or(rise), rise);
  };
  take(edge);
  for (const Stretch& stretch : stretches_) {
    take(stretch.from);
    take(stretch.to - part);
  }
  return least;
}

double Gather::quantile(double share, Nanos after) const {
  std::vector<Weighted> all;
  all.reserve(kMost * kValues + latest_.all().size());
  double count = 0.0;
  for (const Stretch& stretch : stretches_) {
    const double readings = readings_after(stretch, after);
    if (readings <= 0) continue;
    count += readings;
    for (const double value : stretch.values) {
      all.push_back({value, readings / static_cast<double>(stretch.values.size())});
    }
    if (!stretch.values.empty()) continue;
    for (const Weighted& one : latest_.all()) all.push_back({one.value, one.weight * readings / stretch.count});
  }
  return all.empty() ? 0.0 : weighted_rank(all, share * count);
}

Nanos Gather::next_drop(Nanos now) const {
  if (stretches_.empty()) return Nanos::max();
  return std::max(stretches_.front().first + length_, now + length_ / kGrains);
}

void Gather::save(Nanos now, Packer& to) const {
  const auto put = [&](Nanos at) { to.put(static_cast<std::int64_t>((now - at).count())); };
  to.put(static_cast<std::uint8_t>((has_last_ ? 1 : 0) | (quantiles_ ? kWithValues : 0)));
  put(last_at_);
  total_.save(now, to);
  to.put(next_interval_);
  to.put(intervals_known_);
  for (const Nanos interval : intervals_) to.put(static_cast<std::int64_t>(interval.count()));
  to.put(static_cast<std::uint8_t>(stretches_.size()));
  for (const Stretch& stretch : stretches_) {
    for (const Nanos at : {stretch.from, stretch.first, stretch.to}) put(at);
    for (const double value : {stretch.sum, stretch.low, stretch.high, stretch.rise, stretch.covered}) to.put(value);
    to.put(stretch.count);
    to.put(static_cast<std::uint8_t>(stretch.leap ? 1 : 0));
    if (!quantiles_) continue;
    const bool newest = &stretch == &stretches_.back();
    const std::vector<double> values = newest ? Ranks(latest_).spread(kValues) : stretch.values;
    to.put(static_cast<std::uint8_t>(values.size()));
    for (const double value : values) to.put(value);
  }
}

bool Gather::restore_values(Unpacker& from, Stretch& stretch) {
  const auto size = from.get<std::uint8_t>();
  if (size > kValues || (size == 0) != (stretch.count == 0)) return false;
  for (std::size_t i = 0; i < size; ++i) {
    if (!std::isfinite(stretch.values.emplace_back(from.get<double>()))) return false;
  }
  return true;
}

void Gather::take_up_latest() {
  latest_.clear();
  if (stretches_.empty()) return;
  Stretch& newest = stretches_.back();
  const double weight = newest.count / std::max(1.0, static_cast<double>(newest.values.size()));
  for (const double value : newest.values) latest_.add(value, weight);
  newest.values.clear();
}

bool Gather::restore(Unpacker& from, const Elapsed& elapsed) {
  bool known = true;
  const auto take = [&](Nanos& at) {
    const auto then = elapsed.boot_time(Nanos(from.get<std::int64_t>()));
    known = known && then.has_value();
    at = then.value_or(elapsed.now);
  };
  const auto kept = from.get<std::uint8_t>();
  if ((kept & kWithValues) != (quantiles_ ? kWithValues : 0)) return false;  // of a rule that measured something else
  has_last_ = (kept & 1) != 0;
  take(last_at_);
  bool finite = total_.restore(from, elapsed);
  next_interval_ = from.get<std::uint8_t>();
  intervals_known_ = from.get<std::uint8_t>();
  for (Nanos& interval : intervals_) finite = rules::take(from, interval) && interval >= Nanos::zero() && finite;
  finite = finite && next_interval_ < kIntervals && intervals_known_ <= kIntervals;
  const auto count = from.get<std::uint8_t>();
  finite = finite && count <= kMost;
  for (std::size_t i = 0; i < count && from.ok(); ++i) {
    Stretch stretch;
    for (Nanos* at : {&stretch.from, &stretch.first, &stretch.to}) take(*at);
    for (double* value : {&stretch.sum, &stretch.low, &stretch.high, &stretch.rise, &stretch.covered}) {
      *value = from.get<double>();
      finite = finite && std::isfinite(*value);
    }
    stretch.count = from.get<std::uint32_t>();
    stretch.leap = from.get<std::uint8_t>() == 1;
    if (quantiles_) finite = restore_values(from, stretch) && finite;
    stretches_.push_back(std::move(stretch));
  }
  if (!from.ok() || !finite || !known) {
    stretches_.clear();
    has_last_ = false;
    total_.forget();
  }
  take_up_latest();
  if (!from.ok() || !finite) next_interval_ = intervals_known_ = 0;
  return from.ok() && finite;
}

}  // namespace afferent::rules
