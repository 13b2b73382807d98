// Serial settings as far as somebody gave them, and how those of port, device and driver go together. Value types.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "agent/config/problem.h"
#include "agent/core/config_tree.h"
#include "agent/core/port.h"

namespace afferent::config {

struct GivenLine {
  std::optional<std::uint32_t> baud;
  std::optional<std::uint8_t> data_bits;
  std::optional<core::Parity> parity;
  std::optional<std::uint8_t> stop_bits;

  bool any() const { return baud || data_bits || parity || stop_bits; }
  bool all() const { return baud && data_bits && parity && stop_bits; }
  core::LineSettings over(core::LineSettings base) const;  // what is not given comes from `base`
};

// The keys baud, framing, data_bits, parity, stop_bits of a checked table. `path` stands before the keys in problems.
GivenLine given_line(const core::ConfigNode& table, const std::string& path, Problems& problems);

// A problem for each of these keys that `table` has, with `why`.
void refuse_line(const core::ConfigNode& table, const std::string& path, const std::string& why, Problems& problems);

}  // namespace afferent::config
