// Bounds that many keys of the configuration share.
#pragma once

namespace afferent::config {

inline constexpr double kDay = 86400;  // seconds
inline constexpr double kSmallest = 1;
inline constexpr double kLongestText = 200;  // characters, as kLongestPath
inline constexpr double kLongestPath = 4096;

}  // namespace afferent::config
