#include "agent/codec/channel_numbers.h"

#include <array>

namespace afferent::codec {
namespace {

struct Known {
  std::string_view name;
  std::string_view unit;
};

// In the order of enum Channel; the index is the number.
constexpr std::array kKnown{
    Known{"", ""},
    Known{"volume", "m3"},
    Known{"volume_due", "m3"},
    Known{"volume_reverse", "m3"},
    Known{"flow", "m3/h"},
    Known{"energy", "kWh"},
    Known{"power", "kW"},
    Known{"temperature", "degC"},
    Known{"supply_temperature", "degC"},
    Known{"return_temperature", "degC"},
    Known{"level", "m"},
    Known{"distance", "m"},
    Known{"rain", "mm"},
    Known{"pressure", "kPa"},
    Known{"pulses", ""},
    Known{"tilt", "deg"},
    Known{"open", ""},
    Known{"flooded", ""},
    Known{"moved", ""},
    Known{"tag", ""},
    Known{"valve", ""},
    Known{"battery", "%"},
    Known{"voltage", "V"},
    Known{"rssi", "dBm"},
    Known{"meter_time", "s"},
    Known{"flag_low_battery", ""},
    Known{"flag_leak", ""},
    Known{"flag_burst", ""},
    Known{"flag_dry", ""},
    Known{"flag_reverse", ""},
    Known{"flag_tamper", ""},
    Known{"operating_time", "h"},
    Known{"energy_due", "kWh"},
};

}  // namespace

std::uint32_t channel_number(std::string_view name, std::string_view unit) {
  for (std::uint32_t number = 1; number < kKnown.size(); ++number) {
    if (kKnown[number].name == name) return unit.empty() || kKnown[number].unit == unit ? number : 0;
  }
  return 0;
}

std::string_view channel_name(std::uint32_t number) { return number < kKnown.size() ? kKnown[number].name : ""; }
std::string_view channel_unit(std::uint32_t number) { return number < kKnown.size() ? kKnown[number].unit : ""; }

}  // namespace afferent::codec
