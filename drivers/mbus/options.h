// The keys of an M-Bus device in the configuration, as checked settings. Value types.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "agent/core/config_tree.h"
#include "agent/core/driver.h"
#include "agent/core/result.h"
#include "agent/core/time.h"
#include "drivers/mbus/address.h"
#include "drivers/mbus/link.h"

namespace afferent::drivers::mbus {

struct Settings {
  std::uint8_t address = kAnyone;  // on the wire: kSelected where `secondary` is set
  std::optional<Pattern> secondary;
  bool reset = true;                    // SND_NKE before the first request, after a time-out and before a long answer
  std::optional<std::uint8_t> readout;  // sub-code of an application reset (CI 50) before each reading
  std::size_t telegrams = 16;           // of one answer, at most
  std::optional<core::Seconds> utc_offset;

  bool anyone() const { return address == kAnyone; }
};

std::span<const core::ConfigField> option_fields();
core::Result<Settings> settings_from(const core::DriverDevice& device);

}  // namespace afferent::drivers::mbus
