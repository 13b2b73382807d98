// How long bytes take on a line, and how long it has to be quiet between frames. Pure functions.
// Source: MODBUS over Serial Line V1.02, section 2.5.1.1 (3.5 characters; 1.75 ms above 19200 bit/s).
#pragma once

#include <cstddef>

#include "agent/core/port.h"
#include "agent/core/time.h"

namespace afferent::acquire {

// How long a turn waits beyond the silence, for a line on which somebody keeps talking.
inline constexpr core::Nanos kPatience = std::chrono::seconds(1);

core::Nanos time_of(std::size_t characters, const core::LineSettings& line);
core::Nanos silence_of(const core::LineSettings& line);

}  // namespace afferent::acquire
