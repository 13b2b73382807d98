#include "agent/rules/gather.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace afferent::rules {
namespace {

using core::Nanos;

constexpr std::size_t kMost = 66;

double ns(Nanos time) { return static_cast<double>(time.count()); }

}  // namespace

Gather::Stretch& Gather::open(Nanos at, bool leap) {
  const bool joins = !stretches_.empty() && !leap && !stretches_.back().leap && stretches_.back().count != 0 &&
                     at - stretches_.back().first < grain_;
  if (!joins) {
    if (stretches_.size() == kMost) stretches_.erase(stretches_.begin());
    Stretch& fresh = stretches_.emplace_back();
    fresh.from = has_last_ ? last_at_ : at;
    fresh.first = at;
    fresh.leap = leap;
  }
  return stretches_.back();
}

void Gather::add(Nanos at, double value) {
  if (has_last_ && at < last_at_) return;
  const bool leap = has_last_ && at - last_at_ > gap_;
  Stretch& stretch = open(at, leap);
  stretch.to = at;
  stretch.low = stretch.count == 0 ? value : std::min(stretch.low, value);
  stretch.high = stretch.count == 0 ? value : std::max(stretch.high, value);
  stretch.sum += value;
  ++stretch.count;
  if (has_last_) {
    stretch.rise += grown(at, value);
    if (!leap) stretch.covered += ns(at - last_at_);
  }
  pass(at, value);
}

// A total that falls was exchanged or has rolled over; one that is back the next time never fell: that reading was
// wrong.
double Gather::grown(Nanos at, double value) {
  const double since = value >= fell_from_ ? fell_from_ : last_;
  if (value < last_) {
    fell_from_ = last_;
    fell_at_ = at;
  } else if (at > fell_at_) {
    fell_from_ = std::numeric_limits<double>::infinity();
  }
  return std::max(value - since, 0.0);
}

void Gather::add_late(double value) {
  if (stretches_.empty() || stretches_.back().count == 0) return;
  Stretch& stretch = stretches_.back();
  stretch.low = std::min(stretch.low, value);
  stretch.high = std::max(stretch.high, value);
  stretch.sum += value;
  ++stretch.count;
}

void Gather::pass(Nanos at, double value) {
  last_at_ = at;
  last_ = value;
  has_last_ = true;
}

void Gather::add_part(Nanos end, Nanos at, double value) {
  if (!has_last_ || end <= last_at_ || at <= last_at_ || at - last_at_ > gap_) return;
  if (stretches_.size() == kMost) stretches_.erase(stretches_.begin());
  Stretch& part = stretches_.emplace_back();
  part.from = last_at_;
  part.first = part.to = std::min(end, at);
  part.covered = ns(part.to - part.from);
  part.rise = std::max(value - last_, 0.0) * part.covered / ns(at - last_at_);
}

void Gather::drop(Nanos edge) {
  const auto stays = [edge](const Stretch& stretch) { return stretch.to > edge; };
  stretches_.erase(stretches_.begin(), std::find_if(stretches_.begin(), stretches_.end(), stays));
}

double Gather::readings_after(const Stretch& stretch, Nanos edge) {
  if (stretch.to <= edge) return 0.0;
  if (stretch.first > edge || stretch.count < 2 || stretch.first == stretch.to) return stretch.count;
  const double step = ns(stretch.to - stretch.first) / (stretch.count - 1);
  return std::min<double>(stretch.count, std::ceil(ns(stretch.to - edge) / step - 1e-9));
}

double Gather::steps_after(const Stretch& stretch, Nanos edge) {
  if (stretch.to <= edge || stretch.from >= stretch.to) return 0.0;
  return ns(stretch.to - std::max(edge, stretch.from)) / ns(stretch.to - stretch.from);
}

Gathered Gather::total(Nanos edge) const {
  Gathered all;
  bool any = false;
  for (const Stretch& stretch : stretches_) {
    const double steps = steps_after(stretch, edge);
    all.rise += stretch.rise * steps;
    all.covered += stretch.covered * steps;
    all.spanned +=
        stretch.leap ? (stretch.from >= edge ? ns(stretch.to - stretch.from) : 0.0) : stretch.covered * steps;
    const double readings = readings_after(stretch, edge);
    if (readings <= 0) continue;
    all.count += readings;
    all.sum += stretch.sum * readings / stretch.count;
    all.low = any ? std::min(all.low, stretch.low) : stretch.low;
    all.high = any ? std::max(all.high, stretch.high) : stretch.high;
    any = true;
  }
  return all;
}

// Of a stretch with several readings the extremes count as they are, and the others as their mean.
double Gather::quantile(double share, Nanos edge) const {
  std::array<std::pair<double, double>, 3 * kMost> weighted;  // value, how many
  std::size_t size = 0;
  double count = 0.0;
  for (const Stretch& stretch : stretches_) {
    const double readings = readings_after(stretch, edge);
    if (readings <= 0) continue;
    count += readings;
    const double part = readings / stretch.count;
    weighted[size++] = {stretch.low, part};
    if (stretch.count > 1) weighted[size++] = {stretch.high, part};
    if (stretch.count > 2) {
      weighted[size++] = {(stretch.sum - stretch.low - stretch.high) / (stretch.count - 2), part * (stretch.count - 2)};
    }
  }
  if (size == 0) return 0.0;
  std::sort(weighted.begin(), weighted.begin() + static_cast<std::ptrdiff_t>(size));
  double rest = share * count;
  for (std::size_t i = 0; i < size; ++i) {
    rest -= weighted[i].second;
    if (rest <= 1e-9) return weighted[i].first;
  }
  return weighted[size - 1].first;
}

void Gather::save(Nanos now, Packer& to) const {
  const auto put = [&](Nanos at) { to.put(static_cast<std::int64_t>((now - at).count())); };
  to.put(static_cast<std::uint8_t>(has_last_ ? 1 : 0));
  put(last_at_);
  to.put(last_);
  to.put(static_cast<std::uint8_t>(stretches_.size()));
  for (const Stretch& stretch : stretches_) {
    for (const Nanos at : {stretch.from, stretch.first, stretch.to}) put(at);
    for (const double value : {stretch.sum, stretch.low, stretch.high, stretch.rise, stretch.covered}) to.put(value);
    to.put(stretch.count);
    to.put(static_cast<std::uint8_t>(stretch.leap ? 1 : 0));
  }
}

bool Gather::restore(Unpacker& from, const Elapsed& elapsed) {
  bool known = true;
  const auto take = [&](Nanos& at) {
    const auto then = elapsed.boot_time(Nanos(from.get<std::int64_t>()));
    known = known && then.has_value();
    at = then.value_or(elapsed.now);
  };
  has_last_ = from.get<std::uint8_t>() == 1;
  take(last_at_);
  last_ = from.get<double>();
  const auto count = from.get<std::uint8_t>();
  bool finite = std::isfinite(last_) && count <= kMost;
  for (std::size_t i = 0; i < count && from.ok(); ++i) {
    Stretch stretch;
    for (Nanos* at : {&stretch.from, &stretch.first, &stretch.to}) take(*at);
    for (double* value : {&stretch.sum, &stretch.low, &stretch.high, &stretch.rise, &stretch.covered}) {
      *value = from.get<double>();
      finite = finite && std::isfinite(*value);
    }
    stretch.count = from.get<std::uint32_t>();
    stretch.leap = from.get<std::uint8_t>() == 1;
    stretches_.push_back(stretch);
  }
  if (!from.ok() || !finite || !known) {
    stretches_.clear();
    has_last_ = false;
  }
  return from.ok() && finite;
}

}  // namespace afferent::rules
