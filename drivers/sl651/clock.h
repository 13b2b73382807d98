// Times of SL 651: YYMMDDHHmm or YYMMDDHHmmSS of the years 2000 to 2099, in the station's local time. Pure functions.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "agent/core/time.h"

namespace afferent::drivers::sl651 {

using Minutes = std::chrono::minutes;

// UTC of 10 or 12 digits; nothing for what is no date.
std::optional<core::Micros> time_in(std::string_view digits, Minutes zone);

std::string time_text(core::Micros utc, Minutes zone);  // 12 digits

}  // namespace afferent::drivers::sl651
