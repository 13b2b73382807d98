#include "drivers/sl651/elements.h"

#include <algorithm>
#include <array>
#include <limits>

namespace afferent::drivers::sl651 {
namespace {

using core::Quantity;

constexpr double kNone = std::numeric_limits<double>::infinity();

// Table C.1: identifier, its ASCII form, channel, quantity, what the standard's unit is multiplied by, by how many
// further decimals it is shifted, and the believable range in our unit.
constexpr std::array kElements{
    Element{0x01, "AC", "area", Quantity::none, 1, 0, -kNone, kNone},
    Element{0x02, "AI", "temperature", Quantity::temperature, 1, 0, -60, 70},
    Element{0x03, "C", "water_temperature", Quantity::temperature, 1, 0, -10, 100},
    Element{0x06, "ED", "evaporation_day", Quantity::rain, 1, 0, 0, kNone},
    Element{0x07, "EJ", "evaporation", Quantity::rain, 1, 0, 0, kNone},
    Element{0x08, "FL", "pressure", Quantity::pressure, 1, 1, 0, kNone},
    Element{0x09, "GH", "gate_opening", Quantity::length, 1, 0, -kNone, kNone},
    Element{0x0A, "GN", "gate_number", Quantity::none, 1, 0, -kNone, kNone},
    Element{0x0B, "GS", "device_kind", Quantity::none, 1, 0, -kNone, kNone},
    Element{0x0C, "GT", "gates_open", Quantity::none, 1, 0, -kNone, kNone},
    Element{0x0D, "GTP", "soil_temperature", Quantity::temperature, 1, 0, -60, 100},
    Element{0x0E, "H", "groundwater_depth", Quantity::length, 1, 0, -kNone, kNone},
    Element{0x0F, "HW", "wave_height", Quantity::length, 1, 0, 0, kNone},
    Element{0x10, "M10", "soil_moisture_10", Quantity::ratio, 1, 0, 0, 100},
    Element{0x11, "M20", "soil_moisture_20", Quantity::ratio, 1, 0, 0, 100},
    Element{0x12, "M30", "soil_moisture_30", Quantity::ratio, 1, 0, 0, 100},
    Element{0x13, "M40", "soil_moisture_40", Quantity::ratio, 1, 0, 0, 100},
    Element{0x14, "M50", "soil_moisture_50", Quantity::ratio, 1, 0, 0, 100},
    Element{0x15, "M60", "soil_moisture_60", Quantity::ratio, 1, 0, 0, 100},
    Element{0x16, "M80", "soil_moisture_80", Quantity::ratio, 1, 0, 0, 100},
    Element{0x17, "M100", "soil_moisture_100", Quantity::ratio, 1, 0, 0, 100},
    Element{0x18, "MST", "humidity", Quantity::ratio, 1, 0, 0, 100},
    Element{0x19, "NS", "pumps_running", Quantity::none, 1, 0, -kNone, kNone},
    Element{0x1A, "P1", "rain_1h", Quantity::rain, 1, 0, 0, kNone},
    Element{0x1B, "P2", "rain_2h", Quantity::rain, 1, 0, 0, kNone},
    Element{0x1C, "P3", "rain_3h", Quantity::rain, 1, 0, 0, kNone},
    Element{0x1D, "P6", "rain_6h", Quantity::rain, 1, 0, 0, kNone},
    Element{0x1E, "P12", "rain_12h", Quantity::rain, 1, 0, 0, kNone},
    Element{0x1F, "PD", "rain_day", Quantity::rain, 1, 0, 0, kNone},
    Element{0x20, "PJ", "rain", Quantity::rain, 1, 0, 0, kNone},
    Element{0x21, "PN01", "rain_1min", Quantity::rain, 1, 0, 0, kNone},
    Element{0x22, "PN05", "rain_5min", Quantity::rain, 1, 0, 0, kNone},
    Element{0x23, "PN10", "rain_10min", Quantity::rain, 1, 0, 0, kNone},
    Element{0x24, "PN30", "rain_30min", Quantity::rain, 1, 0, 0, kNone},
    Element{0x25, "PR", "rain_storm", Quantity::rain, 1, 0, 0, kNone},
    Element{0x26, "PT", "rain_total", Quantity::rain, 1, 0, 0, kNone},
    Element{0x27, "Q", "flow", Quantity::flow, 3600, 0, -kNone, kNone},
    Element{0x28, "Q1", "flow_1", Quantity::flow, 3600, 0, -kNone, kNone},
    Element{0x29, "Q2", "flow_2", Quantity::flow, 3600, 0, -kNone, kNone},
    Element{0x2A, "Q3", "flow_3", Quantity::flow, 3600, 0, -kNone, kNone},
    Element{0x2B, "Q4", "flow_4", Quantity::flow, 3600, 0, -kNone, kNone},
    Element{0x2C, "Q5", "flow_5", Quantity::flow, 3600, 0, -kNone, kNone},
    Element{0x2D, "Q6", "flow_6", Quantity::flow, 3600, 0, -kNone, kNone},
    Element{0x2E, "Q7", "flow_7", Quantity::flow, 3600, 0, -kNone, kNone},
    Element{0x2F, "Q8", "flow_8", Quantity::flow, 3600, 0, -kNone, kNone},
    Element{0x30, "QA", "flow_out", Quantity::flow, 3600, 0, -kNone, kNone},
    Element{0x31, "QZ", "flow_gate", Quantity::flow, 3600, 0, -kNone, kNone},
    Element{0x32, "SW", "sediment_load", Quantity::none, 1, 0, -kNone, kNone},
    Element{0x33, "UC", "wind_direction", Quantity::none, 1, 0, -kNone, kNone},
    Element{0x34, "UE", "wind_force", Quantity::none, 1, 0, 0, 17},
    Element{0x35, "US", "wind_speed", Quantity::none, 1, 0, 0, 100},
    Element{0x36, "VA", "velocity_mean", Quantity::none, 1, 0, -kNone, kNone},
    Element{0x37, "VJ", "velocity", Quantity::none, 1, 0, -kNone, kNone},
    Element{0x38, "VT", "voltage", Quantity::voltage, 1, 0, 0, kNone},
    Element{0x39, "Z", "level", Quantity::length, 1, 0, -kNone, kNone},
    Element{0x3A, "ZB", "level_downstream", Quantity::length, 1, 0, -kNone, kNone},
    Element{0x3B, "ZU", "level_upstream", Quantity::length, 1, 0, -kNone, kNone},
    Element{0x3C, "Z1", "level_1", Quantity::length, 1, 0, -kNone, kNone},
    Element{0x3D, "Z2", "level_2", Quantity::length, 1, 0, -kNone, kNone},
    Element{0x3E, "Z3", "level_3", Quantity::length, 1, 0, -kNone, kNone},
    Element{0x3F, "Z4", "level_4", Quantity::length, 1, 0, -kNone, kNone},
    Element{0x40, "Z5", "level_5", Quantity::length, 1, 0, -kNone, kNone},
    Element{0x41, "Z6", "level_6", Quantity::length, 1, 0, -kNone, kNone},
    Element{0x42, "Z7", "level_7", Quantity::length, 1, 0, -kNone, kNone},
    Element{0x43, "Z8", "level_8", Quantity::length, 1, 0, -kNone, kNone},
    Element{0x44, "SQ", "sediment", Quantity::none, 1, 0, 0, kNone},
    Element{0x46, "PH", "ph", Quantity::none, 1, 0, 0, 14},
    Element{0x47, "DO", "dissolved_oxygen", Quantity::none, 1, 0, 0, kNone},
    Element{0x48, "COND", "conductivity", Quantity::none, 1, 0, 0, kNone},
    Element{0x49, "TURB", "turbidity", Quantity::none, 1, 0, 0, kNone},
    Element{0x4A, "CODMN", "permanganate", Quantity::none, 1, 0, 0, kNone},
    Element{0x4B, "REDOX", "redox", Quantity::none, 1, 0, -kNone, kNone},
    Element{0x4C, "NH4N", "ammonia", Quantity::none, 1, 0, 0, kNone},
    Element{0x4D, "TP", "phosphorus", Quantity::none, 1, 0, 0, kNone},
    Element{0x4E, "TN", "nitrogen", Quantity::none, 1, 0, 0, kNone},
    Element{0x4F, "TOC", "organic_carbon", Quantity::none, 1, 0, 0, kNone},
    Element{0x50, "CU", "copper", Quantity::none, 1, 0, 0, kNone},
    Element{0x51, "ZN", "zinc", Quantity::none, 1, 0, 0, kNone},
    Element{0x52, "SE", "selenium", Quantity::none, 1, 0, 0, kNone},
    Element{0x53, "AS", "arsenic", Quantity::none, 1, 0, 0, kNone},
    Element{0x54, "THG", "mercury", Quantity::none, 1, 0, 0, kNone},
    Element{0x55, "CD", "cadmium", Quantity::none, 1, 0, 0, kNone},
    Element{0x56, "PB", "lead", Quantity::none, 1, 0, 0, kNone},
    Element{0x57, "CHLA", "chlorophyll", Quantity::none, 1, 0, 0, kNone},
    Element{0x58, "WP1", "pressure_1", Quantity::pressure, 1, 0, -kNone, kNone},
    Element{0x59, "WP2", "pressure_2", Quantity::pressure, 1, 0, -kNone, kNone},
    Element{0x5A, "WP3", "pressure_3", Quantity::pressure, 1, 0, -kNone, kNone},
    Element{0x5B, "WP4", "pressure_4", Quantity::pressure, 1, 0, -kNone, kNone},
    Element{0x5C, "WP5", "pressure_5", Quantity::pressure, 1, 0, -kNone, kNone},
    Element{0x5D, "WP6", "pressure_6", Quantity::pressure, 1, 0, -kNone, kNone},
    Element{0x5E, "WP7", "pressure_7", Quantity::pressure, 1, 0, -kNone, kNone},
    Element{0x5F, "WP8", "pressure_8", Quantity::pressure, 1, 0, -kNone, kNone},
    Element{0x60, "SYL1", "volume_left_1", Quantity::volume, 1, 0, -kNone, kNone},
    Element{0x61, "SYL2", "volume_left_2", Quantity::volume, 1, 0, -kNone, kNone},
    Element{0x62, "SYL3", "volume_left_3", Quantity::volume, 1, 0, -kNone, kNone},
    Element{0x63, "SYL4", "volume_left_4", Quantity::volume, 1, 0, -kNone, kNone},
    Element{0x64, "SYL5", "volume_left_5", Quantity::volume, 1, 0, -kNone, kNone},
    Element{0x65, "SYL6", "volume_left_6", Quantity::volume, 1, 0, -kNone, kNone},
    Element{0x66, "SYL7", "volume_left_7", Quantity::volume, 1, 0, -kNone, kNone},
    Element{0x67, "SYL8", "volume_left_8", Quantity::volume, 1, 0, -kNone, kNone},
    Element{0x68, "SBL1", "volume_hour_1", Quantity::flow, 1, 0, -kNone, kNone},
    Element{0x69, "SBL2", "volume_hour_2", Quantity::flow, 1, 0, -kNone, kNone},
    Element{0x6A, "SBL3", "volume_hour_3", Quantity::flow, 1, 0, -kNone, kNone},
    Element{0x6B, "SBL4", "volume_hour_4", Quantity::flow, 1, 0, -kNone, kNone},
    Element{0x6C, "SBL5", "volume_hour_5", Quantity::flow, 1, 0, -kNone, kNone},
    Element{0x6D, "SBL6", "volume_hour_6", Quantity::flow, 1, 0, -kNone, kNone},
    Element{0x6E, "SBL7", "volume_hour_7", Quantity::flow, 1, 0, -kNone, kNone},
    Element{0x6F, "SBL8", "volume_hour_8", Quantity::flow, 1, 0, -kNone, kNone},
    Element{0x70, "VTA", "voltage_a", Quantity::voltage, 1, 0, 0, kNone},
    Element{0x71, "VTB", "voltage_b", Quantity::voltage, 1, 0, 0, kNone},
    Element{0x72, "VTC", "voltage_c", Quantity::voltage, 1, 0, 0, kNone},
    Element{0x73, "VIA", "current_a", Quantity::current, 1, 0, 0, kNone},
    Element{0x74, "VIB", "current_b", Quantity::current, 1, 0, 0, kNone},
    Element{0x75, "VIC", "current_c", Quantity::current, 1, 0, 0, kNone},
    Element{0xF4, "DRP", "rain_5min", Quantity::rain, 1, 1, 0, kNone},
    Element{0xF5, "DRZ1", "relative_level", Quantity::length, 1, 2, -kNone, kNone},
    Element{0xF6, "DRZ2", "relative_level_2", Quantity::length, 1, 2, -kNone, kNone},
    Element{0xF7, "DRZ3", "relative_level_3", Quantity::length, 1, 2, -kNone, kNone},
    Element{0xF8, "DRZ4", "relative_level_4", Quantity::length, 1, 2, -kNone, kNone},
    Element{0xF9, "DRZ5", "relative_level_5", Quantity::length, 1, 2, -kNone, kNone},
    Element{0xFA, "DRZ6", "relative_level_6", Quantity::length, 1, 2, -kNone, kNone},
    Element{0xFB, "DRZ7", "relative_level_7", Quantity::length, 1, 2, -kNone, kNone},
    Element{0xFC, "DRZ8", "relative_level_8", Quantity::length, 1, 2, -kNone, kNone},
};

constexpr std::array kStatusBits{
    StatusBit{0, "flag_mains_failure", false},     StatusBit{1, "flag_low_battery", false},
    StatusBit{2, "flag_level_limit", false},       StatusBit{3, "flag_flow_limit", false},
    StatusBit{4, "flag_quality_limit", false},     StatusBit{5, "flag_flow_meter_fault", false},
    StatusBit{6, "flag_level_meter_fault", false}, StatusBit{7, "flag_door_open", true},
    StatusBit{8, "flag_memory_fault", false},      StatusBit{9, "flag_card_enabled", false},
    StatusBit{10, "flag_pump_running", true},      StatusBit{11, "flag_volume_limit", false},
};

struct StationKind {
  char code;
  std::string_view name;
};
constexpr std::array kKinds{
    StationKind{'P', "rain"},   StationKind{'H', "river"},       StationKind{'K', "reservoir"},
    StationKind{'Z', "sluice"}, StationKind{'D', "pumping"},     StationKind{'T', "tide"},
    StationKind{'M', "soil"},   StationKind{'G', "groundwater"}, StationKind{'Q', "water quality"},
    StationKind{'I', "intake"}, StationKind{'O', "outfall"},
};

}  // namespace

std::span<const Element> elements() { return kElements; }

const Element* element_of(std::uint8_t lead) {
  const auto* found =
      std::lower_bound(kElements.begin(), kElements.end(), lead,
                       [](const Element& element, std::uint8_t wanted) { return element.lead < wanted; });
  return found == kElements.end() || found->lead != lead ? nullptr : found;
}

const Element* element_coded(std::string_view code) {
  const auto same = [code](const Element& element) {
    return std::equal(code.begin(), code.end(), element.code.begin(), element.code.end(),
                      [](char a, char b) { return (a >= 'a' && a <= 'z' ? a - 'a' + 'A' : a) == b; });
  };
  const auto* found = std::find_if(kElements.begin(), kElements.end(), same);
  return found == kElements.end() ? nullptr : found;
}

std::span<const StatusBit> status_bits() { return kStatusBits; }

std::string_view kind_of_station(char code) {
  const auto* found =
      std::find_if(kKinds.begin(), kKinds.end(), [code](const StationKind& kind) { return kind.code == code; });
  return found == kKinds.end() ? std::string_view() : found->name;
}

}  // namespace afferent::drivers::sl651
