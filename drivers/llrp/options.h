// The keys of an LLRP reader in the configuration, as checked settings. Value types.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agent/core/config_tree.h"
#include "agent/core/driver.h"
#include "agent/core/result.h"
#include "agent/core/time.h"

namespace afferent::drivers::llrp {

struct Settings {
  std::string id;                       // of the device
  std::vector<std::uint16_t> antennas;  // empty: all
  core::Millis keepalive{10'000};       // 0: none
  core::Millis request_timeout{5'000};
  bool hold = false;              // the reader keeps reports while nobody is connected
  bool poll = false;              // reports are fetched once a turn instead of coming by themselves
  std::uint16_t report_tags = 1;  // a report after so many tags; 0: only at the end of an inventory
  core::Millis every{};           // an inventory begins so often; 0: one without end
  core::Millis inventory_time{1'000};
  std::optional<std::uint8_t> session;
  std::optional<std::uint16_t> population;
  std::optional<std::uint16_t> mode;
  std::optional<std::uint16_t> power;
  std::uint16_t hop_table = 1;
  std::uint16_t channel = 0;
  std::vector<std::string> prefixes;  // upper-case hex; empty: all tags

  bool continuous() const { return every == core::Millis::zero(); }
};

std::span<const core::ConfigField> option_fields();
core::Result<Settings> settings_from(const core::DriverDevice& device);

}  // namespace afferent::drivers::llrp
