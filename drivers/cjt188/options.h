// The keys of a CJ/T 188 device in the configuration, as checked settings. Value types.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "agent/core/config_tree.h"
#include "agent/core/driver.h"
#include "agent/core/result.h"
#include "agent/core/time.h"
#include "drivers/cjt188/frame.h"

namespace afferent::drivers::cjt188 {

enum class ClockOrder : std::uint8_t { automatic, normal, reversed };
enum class UnitOrder : std::uint8_t { automatic, after, before };  // where the unit stands, seen from its value

// How bytes become values where makers differ.
struct Dialect {
  ClockOrder clock = ClockOrder::automatic;
  UnitOrder unit = UnitOrder::automatic;
  std::uint16_t valve_mask = 0x0003;    // of ST0 + 256 * ST1; 0: no valve
  std::uint16_t battery_mask = 0x0004;  // 0: no battery flag
  int litre_decimals = 2;               // implied by the units 29, 2A and 2B
  int flow_decimals = 2;                // of the heat meter's flow
};

struct Settings {
  Address address = kAnyAddress;
  std::uint8_t type = 0x10;
  std::optional<DiOrder> di_order;  // nothing: learned from which one the meter answers
  Dialect dialect;
  std::uint8_t months = 0;  // of history
  core::Nanos history_every{};
  std::vector<std::uint16_t> also;  // further data of each poll
  std::size_t preamble = 4;

  bool any() const { return matches(address, kAnyAddress); }  // whoever answers is our meter
};

std::span<const core::ConfigField> option_fields();
core::Result<Settings> settings_from(const core::DriverDevice& device);

}  // namespace afferent::drivers::cjt188
