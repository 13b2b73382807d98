// What the client asks of a reader. Pure functions.
// Source: LLRP 1.1, sections 11.2 (ROSpec), 13.2 (reader configuration) and 14.2 (reporting).
#pragma once

#include <cstdint>

#include "agent/core/bytes.h"
#include "drivers/llrp/message.h"
#include "drivers/llrp/options.h"

namespace afferent::drivers::llrp {

inline constexpr std::uint32_t kRoSpecId = 1;  // the one that we add
inline constexpr std::uint32_t kAllRoSpecs = 0;

// For requests that carry what the settings say, or the number of a ROSpec, or nothing.
core::Bytes request(Type type, std::uint32_t id, std::uint8_t version, const Settings& settings);

}  // namespace afferent::drivers::llrp
