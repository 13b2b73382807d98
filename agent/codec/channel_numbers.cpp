#include "agent/codec/channel_numbers.h"

#include <array>

namespace afferent::codec {
namespace {

// In the order of enum Channel; the index is the number.
constexpr std::array<std::string_view, 33> kNames{"",
                                                  "volume",
                                                  "volume_due",
                                                  "volume_reverse",
                                                  "flow",
                                                  "energy",
                                                  "power",
                                                  "temperature",
                                                  "supply_temperature",
                                                  "return_temperature",
                                                  "level",
                                                  "distance",
                                                  "rain",
                                                  "pressure",
                                                  "pulses",
                                                  "tilt",
                                                  "open",
                                                  "flooded",
                                                  "moved",
                                                  "tag",
                                                  "valve",
                                                  "battery",
                                                  "voltage",
                                                  "rssi",
                                                  "meter_time",
                                                  "flag_low_battery",
                                                  "flag_leak",
                                                  "flag_burst",
                                                  "flag_dry",
                                                  "flag_reverse",
                                                  "flag_tamper",
                                                  "operating_time",
                                                  "energy_due"};

}  // namespace

std::uint32_t channel_number(std::string_view name) {
  for (std::uint32_t number = 1; number < kNames.size(); ++number) {
    if (kNames[number] == name) return number;
  }
  return 0;
}

std::string_view channel_name(std::uint32_t number) { return number < kNames.size() ? kNames[number] : ""; }

}  // namespace afferent::codec
