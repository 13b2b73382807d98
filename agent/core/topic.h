// MQTT topics: <root>/<domain>/<kind>/<node>/<area...>. Pure functions.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "agent/core/envelope.h"

namespace afferent::core {

inline constexpr std::string_view kTopicRoot = "afferent/v1";

// `area` is the grid path, widest first; it may be empty. E.g. afferent/v1/flood/alert/tianlin-07/310104/013/07
std::string topic_of(std::string_view domain, Kind kind, std::string_view node, std::span<const std::string> area);

}  // namespace afferent::core
