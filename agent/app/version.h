// What `--version` and NodeStatus.software say. A constant.
#pragma once

#include <string_view>

namespace afferent::app {

inline constexpr std::string_view kVersion = "afferent 0.1.0";

}  // namespace afferent::app
