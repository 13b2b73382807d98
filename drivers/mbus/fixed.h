// The fixed data structure (CI 73) of old M-Bus meters: two counters with a unit each. Pure functions, thread-safe.
// Source: EN 1434-3:1997 (M-Bus), "The M-Bus: A Documentation" 4.8, section 6.2.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "agent/core/bytes.h"
#include "agent/core/channel.h"

namespace afferent::drivers::mbus {

struct Counter {
  core::ChannelSpec channel;
  double value = 0.0;
};

struct FixedData {
  std::uint32_t id = 0;  // packed decimals
  std::uint8_t access = 0;
  std::uint8_t status = 0;
  std::uint8_t medium = 0;
  // Nothing for a counter that counts what we do not know, or whose digits are none.
  std::array<std::optional<Counter>, 2> counters;
};

// `bytes` is what follows CI 73: exactly 16 of them, nothing otherwise.
std::optional<FixedData> read_fixed(core::ByteView bytes);

}  // namespace afferent::drivers::mbus
