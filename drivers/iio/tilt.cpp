#include "drivers/iio/tilt.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace afferent::drivers::iio {
namespace {

double middle(std::vector<double> values, Combine how) {
  if (how == Combine::mean) {
    double sum = 0.0;
    for (const double value : values) sum += value;
    return sum / static_cast<double>(values.size());
  }
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

}  // namespace

double length_of(const Vector& vector) { return std::hypot(vector[0], vector[1], vector[2]); }

std::optional<double> angle_between(const Vector& a, const Vector& b) {
  const double lengths = length_of(a) * length_of(b);
  if (!(lengths > 0) || !std::isfinite(lengths)) return std::nullopt;
  const double cosine = (a[0] * b[0] + a[1] * b[1] + a[2] * b[2]) / lengths;
  return std::acos(std::clamp(cosine, -1.0, 1.0)) * 180.0 / std::numbers::pi;
}

Position combine(std::span<const Vector> samples, double rejection, Combine how) {
  Position position;
  std::array<std::vector<double>, 3> axes;
  for (const Vector& sample : samples) {
    const double deviation = std::abs(length_of(sample) - kGravity);
    position.vibration = std::max(position.vibration, deviation);
    if (!(deviation <= rejection)) continue;
    for (std::size_t axis = 0; axis < axes.size(); ++axis) axes[axis].push_back(sample[axis]);
  }
  if (axes[0].empty()) return position;
  Vector& gravity = position.gravity.emplace();
  for (std::size_t axis = 0; axis < axes.size(); ++axis) gravity[axis] = middle(std::move(axes[axis]), how);
  return position;
}

}  // namespace afferent::drivers::iio
