// Which device an operator means. Pure function.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "agent/config/config.h"
#include "agent/core/device.h"

namespace afferent::app {

inline const std::string& id_of(const core::DeviceIdentity& device) { return device.id; }
inline const std::string& id_of(const config::DeviceConfig& device) { return device.identity.id; }

// `devices` by DeviceId; nothing where none has this id.
template <class Devices>
std::optional<core::DeviceId> device_named(const Devices& devices, std::string_view id) {
  for (std::size_t i = 0; i < devices.size(); ++i) {
    if (id_of(devices[i]) == id) return core::DeviceId{static_cast<std::uint32_t>(i)};
  }
  return std::nullopt;
}

}  // namespace afferent::app
