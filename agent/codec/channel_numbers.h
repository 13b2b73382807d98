// Which channel names have a number of their own in a telemetry batch (enum Channel in afferent.proto). Pure functions.
#pragma once

#include <cstdint>
#include <string_view>

namespace afferent::codec {

inline constexpr std::uint32_t kFirstNamedChannel = 1000;  // from here on: 1000 + an index into TelemetryBatch.name

// 0: has none, or stands for another unit; it goes by name. An empty unit says nothing.
std::uint32_t channel_number(std::string_view name, std::string_view unit);
std::string_view channel_name(std::uint32_t number);  // "": not a number of this version
std::string_view channel_unit(std::uint32_t number);

}  // namespace afferent::codec
