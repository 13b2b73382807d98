// Which channel names have a number of their own in a telemetry batch (enum Channel in afferent.proto). Pure functions.
#pragma once

#include <cstdint>
#include <string_view>

namespace afferent::codec {

inline constexpr std::uint32_t kFirstNamedChannel = 1000;  // from here on: 1000 + an index into TelemetryBatch.name

std::uint32_t channel_number(std::string_view name);  // 0: has none, goes by name
std::string_view channel_name(std::uint32_t number);  // "": not a number of this version

}  // namespace afferent::codec
