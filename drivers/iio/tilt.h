// How far a thing has turned from where it was installed, by the direction of gravity in an accelerometer. Pure.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

namespace afferent::drivers::iio {

using Vector = std::array<double, 3>;  // m/s2 along x, y, z of the sensor

inline constexpr double kGravity = 9.81;  // m/s2

double length_of(const Vector& vector);
// In degrees, 0 to 180; nothing when one of them has no direction.
std::optional<double> angle_between(const Vector& a, const Vector& b);

enum class Combine : unsigned char { median, mean };

struct Position {
  std::optional<Vector> gravity;  // of the samples at rest; nothing when there was none
  double vibration = 0.0;         // m/s2: the largest deviation of any sample from gravity
};

// A sample whose length differs from gravity by more than `rejection` is taken while something shakes: traffic.
Position combine(std::span<const Vector> samples, double rejection, Combine how);

}  // namespace afferent::drivers::iio
