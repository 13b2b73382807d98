#include "agent/rules/trend.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace afferent::rules {
namespace {

using core::Nanos;

constexpr double kFarthest = 1e37;  // so that all that is made of differences is a number

double seconds(Nanos time) { return static_cast<double>(time.count()) / 1e9; }

double median(std::span<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

}  // namespace

bool Trend::add(Nanos at, double value) {
  if (count_ != 0 && at < last_at_) return false;
  last_at_ = at;
  value = std::clamp(value, -kFarthest, kFarthest);
  if (count_ != 0 && at - points_[count_ - 1].first < grain_) {
    Point& point = points_[count_ - 1];
    ++point.count;
    point.at += (seconds(at - point.first) - point.at) / point.count;
    point.value += (value - point.value) / point.count;
    return true;
  }
  if (count_ == kPoints) drop(1);
  points_[count_++] = {at, 0.0, value, 1};
  drop_before_gap();
  std::size_t expired = 0;
  while (count_ - expired > kFewest && at - points_[expired].first > window_) ++expired;
  drop(expired);
  return true;
}

void Trend::drop(std::size_t oldest) {
  if (oldest == 0) return;
  std::copy(points_.begin() + static_cast<std::ptrdiff_t>(oldest),
            points_.begin() + static_cast<std::ptrdiff_t>(count_), points_.begin());
  count_ -= oldest;
}

// Only the readings after a gap show how long the usual time between two is, so all steps are looked at each time.
void Trend::drop_before_gap() {
  if (count_ < 2) return;
  std::array<Nanos, kPoints> steps{};
  for (std::size_t i = 1; i < count_; ++i) steps[i - 1] = points_[i].first - points_[i - 1].first;
  std::array<Nanos, kPoints> sorted = steps;
  const auto usual = sorted.begin() + static_cast<std::ptrdiff_t>((count_ - 2) / 2);
  std::nth_element(sorted.begin(), usual, sorted.begin() + static_cast<std::ptrdiff_t>(count_ - 1));
  const Nanos longest = std::max(window_, 3 * *usual);
  std::size_t before = 0;
  for (std::size_t i = 1; i < count_; ++i) {
    if (steps[i - 1] > longest) before = i;
  }
  drop(before);
}

std::optional<Trend::Line> Trend::line() const {
  const Nanos reach = count_ == 0 ? Nanos::zero() : last_at_ - points_[0].first;
  if (count_ < kFewest || reach < window_ / 2) return std::nullopt;
  std::array<double, kPoints> times{};
  for (std::size_t i = 0; i < count_; ++i) times[i] = seconds(points_[i].first - last_at_) + points_[i].at;
  std::array<double, kPoints*(kPoints - 1) / 2> slopes{};
  std::size_t pairs = 0;
  for (std::size_t i = 0; i < count_; ++i) {
    for (std::size_t j = i + 1; j < count_; ++j) {
      const double apart = times[j] - times[i];
      if (apart > 0) slopes[pairs++] = (points_[j].value - points_[i].value) / apart;
    }
  }
  if (pairs == 0) return std::nullopt;
  Line line;
  line.points = count_;
  line.span = seconds(std::max(window_, reach));
  line.slope = median({slopes.data(), pairs});
  std::array<double, kPoints> rests{};
  for (std::size_t i = 0; i < count_; ++i) rests[i] = points_[i].value - line.slope * times[i];
  line.now = median({rests.data(), count_});
  for (std::size_t i = 0; i < count_; ++i) rests[i] = std::abs(points_[i].value - line.slope * times[i] - line.now);
  line.noise = median({rests.data(), count_});
  std::size_t along = 0;
  for (std::size_t i = 0; i < pairs; ++i) along += slopes[i] * line.slope > 0 ? 1U : 0U;
  line.share = static_cast<double>(along) / static_cast<double>(pairs);
  if (!std::isfinite(line.slope) || !std::isfinite(line.now) || !std::isfinite(line.noise)) return std::nullopt;
  return line;
}

void Trend::save(Nanos now, Packer& to) const {
  to.put(static_cast<std::int64_t>((now - last_at_).count()));
  to.put(static_cast<std::uint8_t>(count_));
  for (std::size_t i = 0; i < count_; ++i) {
    to.put(static_cast<std::int64_t>((now - points_[i].first).count()));
    to.put(points_[i].at);
    to.put(points_[i].value);
    to.put(points_[i].count);
  }
}

bool Trend::restore(Unpacker& from, const Elapsed& elapsed) {
  const auto last = elapsed.boot_time(Nanos(from.get<std::int64_t>()));
  const auto count = from.get<std::uint8_t>();
  bool known = last.has_value();
  bool right = count <= kPoints;
  for (std::size_t i = 0; i < count && right && from.ok(); ++i) {
    const auto first = elapsed.boot_time(Nanos(from.get<std::int64_t>()));
    known = known && first.has_value();
    Point& point = points_[i];
    point.first = first.value_or(elapsed.now);
    point.at = from.get<double>();
    point.value = from.get<double>();
    point.count = from.get<std::uint32_t>();
    constexpr std::uint32_t kMostCounted = 1U << 30U;
    right = std::isfinite(point.at) && std::isfinite(point.value) && point.count > 0 && point.count <= kMostCounted;
  }
  right = right && from.ok();
  count_ = right && known ? count : 0;
  last_at_ = last.value_or(elapsed.now);
  return right;
}

}  // namespace afferent::rules
