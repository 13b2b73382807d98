// A device as the operator knows it. Value types, fixed once the configuration is read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace afferent::core {

// Index of a device in the agent's list of devices: dense, from 0, fixed at start.
enum class DeviceId : std::uint32_t {};
inline constexpr std::size_t index(DeviceId device) { return static_cast<std::size_t>(device); }

struct Place {
  std::optional<double> latitude;   // deg, WGS 84
  std::optional<double> longitude;  // deg, WGS 84
  std::string address;
  std::vector<std::string> grid;  // widest first: division, street, grid, e.g. 310104/013/07
};

// Applied to a number before the range check: value * scale + offset, in the channel's unit.
struct Calibration {
  std::string channel;
  double scale = 1.0;
  double offset = 0.0;
};

struct DeviceIdentity {
  std::string id;  // [a-z0-9][a-z0-9_.-]*, unique in the gateway
  std::string driver;
  std::string port;
  std::string domain;  // water, flood, manhole, gas, heat, node or any configured [a-z]+
  std::string name;    // for people
  Place place;
  std::string component;  // GB/T 30428.2: 16 digits, or empty
  std::string installed;  // date, YYYY-MM-DD, or empty
  std::vector<Calibration> calibration;
};

// How a device does, as status and state messages show it.
enum class Health : std::uint8_t {
  unknown,  // not heard since the start
  good,
  degraded,  // answers, but with errors
  silent,    // does not answer; quarantined with growing back-off
};

std::string_view name_of(Health health);

}  // namespace afferent::core
