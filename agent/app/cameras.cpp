#include "agent/app/cameras.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace afferent::app {
namespace {

constexpr double kNear = 300.0;  // m
constexpr std::size_t kMost = 8;

double radians(double degrees) { return degrees * std::numbers::pi / 180.0; }

// Along a great circle, in m (haversine).
double distance(double latitude, double longitude, const config::Camera& to) {
  constexpr double kEarth = 6'371'000.0;  // m, mean radius
  const double across = std::sin(radians(to.latitude - latitude) / 2);
  const double along = std::sin(radians(to.longitude - longitude) / 2);
  const double a = across * across + std::cos(radians(latitude)) * std::cos(radians(to.latitude)) * along * along;
  return 2 * kEarth * std::asin(std::sqrt(std::min(1.0, a)));
}

}  // namespace

std::vector<std::string> cameras_near(const core::Place& place, std::span<const config::Camera> cameras) {
  if (!place.latitude || !place.longitude) return {};
  std::vector<std::pair<double, const std::string*>> near;
  for (const config::Camera& camera : cameras) {
    const double far = distance(*place.latitude, *place.longitude, camera);
    if (far <= kNear) near.emplace_back(far, &camera.id);
  }
  std::sort(near.begin(), near.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first < b.first : *a.second < *b.second;
  });
  std::vector<std::string> ids;
  for (const auto& [far, id] : near) {
    if (ids.size() < kMost) ids.push_back(*id);
  }
  return ids;
}

std::vector<std::vector<std::string>> cameras_of(std::span<const core::DeviceIdentity> devices,
                                                 std::span<const config::Camera> cameras) {
  std::vector<std::vector<std::string>> all;
  for (const core::DeviceIdentity& device : devices) all.push_back(cameras_near(device.place, cameras));
  return all;
}

}  // namespace afferent::app
