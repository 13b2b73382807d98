#include "drivers/common/mbus_vif.h"

#include <algorithm>
#include <array>

namespace afferent::drivers::mbus {
namespace {

using core::Quantity;
using As = Meaning::As;

constexpr VifTable kPrimary = VifTable::primary;
constexpr VifTable kFb = VifTable::fb;
constexpr VifTable kFd = VifTable::fd;

constexpr VifRow scaled_row(VifTable table, std::uint8_t first, std::uint8_t last, std::string_view name,
                            Quantity quantity, int exponent, double factor = 1.0, double divisor = 1.0) {
  return {table, first, last, name, quantity, As::number, exponent, factor, divisor, false};
}
constexpr VifRow plain_row(VifTable table, std::uint8_t code, std::string_view name, Quantity quantity, As as) {
  return {table, code, code, name, quantity, as, 0, 1.0, 1.0, false};
}
constexpr VifRow duration_row(VifTable table, std::uint8_t first, std::string_view name) {
  return {table, first, static_cast<std::uint8_t>(first + 3), name, Quantity::duration, As::count, 0, 1.0, 1.0, true};
}

// Our units: kWh, kW, m3, m3/h, kPa, h. 1 kWh is 36 * 10^5 J.
constexpr std::array kRows{
    scaled_row(kPrimary, 0x00, 0x07, "energy", Quantity::energy, -6),
    scaled_row(kPrimary, 0x08, 0x0F, "energy", Quantity::energy, -5, 1, 36),
    scaled_row(kPrimary, 0x10, 0x17, "volume", Quantity::volume, -6),
    scaled_row(kPrimary, 0x18, 0x1F, "mass", Quantity::mass, -3),
    duration_row(kPrimary, 0x20, "on_time"),
    duration_row(kPrimary, 0x24, "operating_time"),
    scaled_row(kPrimary, 0x28, 0x2F, "power", Quantity::power, -6),
    scaled_row(kPrimary, 0x30, 0x37, "power", Quantity::power, -5, 1, 36),
    scaled_row(kPrimary, 0x38, 0x3F, "flow", Quantity::flow, -6),
    scaled_row(kPrimary, 0x40, 0x47, "flow", Quantity::flow, -7, 60),
    scaled_row(kPrimary, 0x48, 0x4F, "flow", Quantity::flow, -9, 3600),
    scaled_row(kPrimary, 0x50, 0x57, "mass_flow_kg_per_h", Quantity::none, -3),
    scaled_row(kPrimary, 0x58, 0x5B, "supply_temperature", Quantity::temperature, -3),
    scaled_row(kPrimary, 0x5C, 0x5F, "return_temperature", Quantity::temperature, -3),
    scaled_row(kPrimary, 0x60, 0x63, "temperature_difference", Quantity::temperature, -3),
    scaled_row(kPrimary, 0x64, 0x67, "temperature", Quantity::temperature, -3),
    scaled_row(kPrimary, 0x68, 0x6B, "pressure", Quantity::pressure, -1),
    plain_row(kPrimary, 0x6C, "meter_date", Quantity::time, As::time),
    plain_row(kPrimary, 0x6D, "meter_time", Quantity::time, As::time),
    plain_row(kPrimary, 0x6E, "heat_cost_units", Quantity::none, As::count),
    duration_row(kPrimary, 0x70, "averaging_time"),
    duration_row(kPrimary, 0x74, "actuality_time"),
    plain_row(kPrimary, 0x78, "fabrication_number", Quantity::text, As::text),
    plain_row(kPrimary, 0x79, "identification", Quantity::text, As::text),
    plain_row(kPrimary, 0x7A, "bus_address", Quantity::none, As::count),

    scaled_row(kFb, 0x00, 0x01, "energy", Quantity::energy, 2),                   // 0.1 MWh
    scaled_row(kFb, 0x02, 0x03, "reactive_energy_kvarh", Quantity::none, 0),      // kvarh
    scaled_row(kFb, 0x04, 0x05, "apparent_energy_kvah", Quantity::none, 0),       // kVAh
    scaled_row(kFb, 0x08, 0x09, "energy", Quantity::energy, 3, 1, 36),            // 0.1 GJ
    scaled_row(kFb, 0x0C, 0x0F, "energy", Quantity::energy, -4, 1163),            // 0.1 Mcal: 1.163 kWh a Mcal
    scaled_row(kFb, 0x10, 0x11, "volume", Quantity::volume, 2),                   // 100 m3
    scaled_row(kFb, 0x14, 0x17, "reactive_power_kvar", Quantity::none, -3),       // var
    scaled_row(kFb, 0x18, 0x19, "mass", Quantity::mass, 5),                       // 100 t
    scaled_row(kFb, 0x1A, 0x1B, "humidity", Quantity::ratio, -1),                 // 0.1 %
    scaled_row(kFb, 0x20, 0x20, "volume", Quantity::volume, -12, 28316846592.0),  // cubic foot
    scaled_row(kFb, 0x21, 0x21, "volume", Quantity::volume, -13, 28316846592.0),  // 0.1 cubic foot
    scaled_row(kFb, 0x22, 0x23, "volume", Quantity::volume, -13, 3785411784.0),   // 0.1 US gallon
    scaled_row(kFb, 0x24, 0x24, "flow", Quantity::flow, -15, 60 * 3785411784.0),  // 0.001 gallon/min
    scaled_row(kFb, 0x25, 0x25, "flow", Quantity::flow, -12, 60 * 3785411784.0),  // gallon/min
    scaled_row(kFb, 0x26, 0x26, "flow", Quantity::flow, -12, 3785411784.0),       // gallon/h
    scaled_row(kFb, 0x28, 0x29, "power", Quantity::power, 2),                     // 0.1 MW
    scaled_row(kFb, 0x2A, 0x2A, "phase_angle_voltage", Quantity::angle, -1),      // U to U
    scaled_row(kFb, 0x2B, 0x2B, "phase_angle_current", Quantity::angle, -1),      // U to I
    scaled_row(kFb, 0x2C, 0x2F, "frequency_hz", Quantity::none, -3),
    scaled_row(kFb, 0x30, 0x31, "power", Quantity::power, 3, 1, 36),        // 0.1 GJ/h
    scaled_row(kFb, 0x34, 0x37, "apparent_power_kva", Quantity::none, -3),  // VA
    scaled_row(kFb, 0x74, 0x77, "temperature_limit", Quantity::temperature, -3),
    scaled_row(kFb, 0x78, 0x7F, "power_cumulated_maximum", Quantity::power, -6),

    scaled_row(kFd, 0x00, 0x03, "credit", Quantity::none, -3),  // of the local currency
    scaled_row(kFd, 0x04, 0x07, "debit", Quantity::none, -3),
    plain_row(kFd, 0x08, "access_number", Quantity::none, As::count),
    plain_row(kFd, 0x09, "medium", Quantity::none, As::count),
    plain_row(kFd, 0x0A, "maker", Quantity::text, As::text),
    plain_row(kFd, 0x0B, "parameter_set", Quantity::text, As::text),
    plain_row(kFd, 0x0C, "model", Quantity::text, As::text),
    plain_row(kFd, 0x0D, "hardware_version", Quantity::text, As::text),
    plain_row(kFd, 0x0E, "firmware_version", Quantity::text, As::text),
    plain_row(kFd, 0x0F, "software_version", Quantity::text, As::text),
    plain_row(kFd, 0x10, "customer_location", Quantity::text, As::text),
    plain_row(kFd, 0x11, "customer", Quantity::text, As::text),
    plain_row(kFd, 0x17, "error_flags", Quantity::none, As::flags),
    plain_row(kFd, 0x18, "error_mask", Quantity::none, As::flags),
    plain_row(kFd, 0x1A, "digital_output", Quantity::none, As::flags),
    plain_row(kFd, 0x1B, "digital_input", Quantity::none, As::flags),
    plain_row(kFd, 0x1C, "baud", Quantity::none, As::count),
    plain_row(kFd, 0x1D, "response_delay_bit_times", Quantity::none, As::count),
    plain_row(kFd, 0x1E, "retries", Quantity::none, As::count),
    plain_row(kFd, 0x1F, "remote_control", Quantity::none, As::flags),
    plain_row(kFd, 0x20, "first_storage", Quantity::none, As::count),
    plain_row(kFd, 0x21, "last_storage", Quantity::none, As::count),
    plain_row(kFd, 0x22, "storage_block_size", Quantity::none, As::count),
    duration_row(kFd, 0x24, "storage_interval"),
    plain_row(kFd, 0x28, "storage_interval_months", Quantity::none, As::count),
    plain_row(kFd, 0x29, "storage_interval_years", Quantity::none, As::count),
    duration_row(kFd, 0x2C, "readout_age"),
    plain_row(kFd, 0x30, "tariff_start", Quantity::time, As::time),
    duration_row(kFd, 0x30, "tariff_duration"),  // from minutes on: 30 itself is above
    duration_row(kFd, 0x34, "tariff_period"),
    plain_row(kFd, 0x38, "tariff_period_months", Quantity::none, As::count),
    plain_row(kFd, 0x39, "tariff_period_years", Quantity::none, As::count),
    scaled_row(kFd, 0x3A, 0x3A, "dimensionless", Quantity::none, 0),
    duration_row(kFd, 0x3C, "transmission_period"),
    scaled_row(kFd, 0x40, 0x4F, "voltage", Quantity::voltage, -9),
    scaled_row(kFd, 0x50, 0x5F, "current", Quantity::current, -12),
    plain_row(kFd, 0x60, "reset_counter", Quantity::none, As::count),
    plain_row(kFd, 0x61, "cumulation_counter", Quantity::none, As::count),
    plain_row(kFd, 0x62, "control_signal", Quantity::none, As::count),
    plain_row(kFd, 0x63, "day_of_week", Quantity::none, As::count),
    plain_row(kFd, 0x64, "week_number", Quantity::none, As::count),
    plain_row(kFd, 0x66, "parameter_activation", Quantity::none, As::flags),
    plain_row(kFd, 0x67, "supplier_information", Quantity::text, As::text),
    scaled_row(kFd, 0x68, 0x68, "cumulation_age", Quantity::duration, 0),      // hours
    scaled_row(kFd, 0x69, 0x69, "cumulation_age", Quantity::duration, 0, 24),  // days
    plain_row(kFd, 0x6A, "cumulation_age_months", Quantity::none, As::count),
    plain_row(kFd, 0x6B, "cumulation_age_years", Quantity::none, As::count),
    scaled_row(kFd, 0x6C, 0x6C, "battery_operating_time", Quantity::duration, 0),      // hours
    scaled_row(kFd, 0x6D, 0x6D, "battery_operating_time", Quantity::duration, 0, 24),  // days
    plain_row(kFd, 0x6E, "battery_operating_time_months", Quantity::none, As::count),
    plain_row(kFd, 0x6F, "battery_operating_time_years", Quantity::none, As::count),
    plain_row(kFd, 0x70, "battery_changed", Quantity::time, As::time),
    scaled_row(kFd, 0x71, 0x71, "meter_rssi", Quantity::signal, 0),
    scaled_row(kFd, 0x74, 0x74, "battery_time_left", Quantity::duration, 0, 24),  // days
    plain_row(kFd, 0x75, "stop_counter", Quantity::none, As::count),
};

// Units spelled out by meters that were made before the standard had a code.
struct UnitRow {
  std::string_view unit;
  VifRow row;
};
constexpr std::array kUnits{
    UnitRow{"%RH", scaled_row(VifTable::text, 0x7C, 0x7C, "humidity", Quantity::ratio, 0)},
};

using Effect = ModifierRow::Effect;

constexpr std::array kModifiers{
    ModifierRow{0x00, 0x00, Effect::none, "", 0},   // no error
    ModifierRow{0x01, 0x0F, Effect::error, "", 0},  // the meter could not do what was asked
    ModifierRow{0x12, 0x12, Effect::suffix, "_average", 0},
    ModifierRow{0x13, 0x13, Effect::profile, "", 0},
    ModifierRow{0x15, 0x18, Effect::error, "", 0},  // no data, overflow, underflow, data error
    ModifierRow{0x1C, 0x1C, Effect::error, "", 0},  // premature end of record
    ModifierRow{0x1D, 0x1D, Effect::none, "", 0},   // standard conform data content
    ModifierRow{0x1E, 0x1F, Effect::profile, "", 0},
    ModifierRow{0x20, 0x20, Effect::period, "_per_second", 0},
    ModifierRow{0x21, 0x21, Effect::period, "_per_minute", 0},
    ModifierRow{0x22, 0x22, Effect::period, "_per_hour", 0},
    ModifierRow{0x23, 0x23, Effect::period, "_per_day", 0},
    ModifierRow{0x24, 0x24, Effect::period, "_per_week", 0},
    ModifierRow{0x25, 0x25, Effect::period, "_per_month", 0},
    ModifierRow{0x26, 0x26, Effect::period, "_per_year", 0},
    ModifierRow{0x27, 0x27, Effect::period, "_per_revolution", 0},
    ModifierRow{0x39, 0x39, Effect::time, "_start", 0},
    ModifierRow{0x3A, 0x3A, Effect::suffix, "_uncorrected", 0},
    ModifierRow{0x3B, 0x3B, Effect::suffix, "_forward", 0},
    ModifierRow{0x3C, 0x3C, Effect::suffix, "_reverse", 0},
    ModifierRow{0x3E, 0x3E, Effect::suffix, "_base", 0},  // at base conditions
    ModifierRow{0x40, 0x40, Effect::suffix, "_lower_limit", 0},
    ModifierRow{0x41, 0x41, Effect::count, "_lower_exceeds", 0},
    ModifierRow{0x42, 0x42, Effect::time, "_lower_first_begin", 0},
    ModifierRow{0x43, 0x43, Effect::time, "_lower_first_end", 0},
    ModifierRow{0x46, 0x46, Effect::time, "_lower_last_begin", 0},
    ModifierRow{0x47, 0x47, Effect::time, "_lower_last_end", 0},
    ModifierRow{0x48, 0x48, Effect::suffix, "_upper_limit", 0},
    ModifierRow{0x49, 0x49, Effect::count, "_upper_exceeds", 0},
    ModifierRow{0x4A, 0x4A, Effect::time, "_upper_first_begin", 0},
    ModifierRow{0x4B, 0x4B, Effect::time, "_upper_first_end", 0},
    ModifierRow{0x4E, 0x4E, Effect::time, "_upper_last_begin", 0},
    ModifierRow{0x4F, 0x4F, Effect::time, "_upper_last_end", 0},
    ModifierRow{0x50, 0x53, Effect::duration, "_lower_first_duration", 0},
    ModifierRow{0x54, 0x57, Effect::duration, "_lower_last_duration", 0},
    ModifierRow{0x58, 0x5B, Effect::duration, "_upper_first_duration", 0},
    ModifierRow{0x5C, 0x5F, Effect::duration, "_upper_last_duration", 0},
    ModifierRow{0x60, 0x63, Effect::duration, "_first_duration", 0},
    ModifierRow{0x64, 0x67, Effect::duration, "_last_duration", 0},
    ModifierRow{0x68, 0x68, Effect::suffix, "_during_lower_exceed", 0},
    ModifierRow{0x69, 0x69, Effect::suffix, "_leak", 0},
    ModifierRow{0x6A, 0x6A, Effect::time, "_first_begin", 0},
    ModifierRow{0x6B, 0x6B, Effect::time, "_first_end", 0},
    ModifierRow{0x6C, 0x6C, Effect::suffix, "_during_upper_exceed", 0},
    ModifierRow{0x6D, 0x6D, Effect::suffix, "_overflow", 0},
    ModifierRow{0x6E, 0x6E, Effect::time, "_last_begin", 0},
    ModifierRow{0x6F, 0x6F, Effect::time, "_last_end", 0},
    ModifierRow{0x70, 0x77, Effect::scale, "", -6},
    ModifierRow{0x7D, 0x7D, Effect::scale, "", 3},
    ModifierRow{0x7E, 0x7E, Effect::suffix, "_future", 0},
};

constexpr std::array kExtendedModifiers{
    ModifierRow{0x01, 0x01, Effect::suffix, "_l1", 0},       ModifierRow{0x02, 0x02, Effect::suffix, "_l2", 0},
    ModifierRow{0x03, 0x03, Effect::suffix, "_l3", 0},       ModifierRow{0x04, 0x04, Effect::suffix, "_neutral", 0},
    ModifierRow{0x05, 0x05, Effect::suffix, "_l1_l2", 0},    ModifierRow{0x06, 0x06, Effect::suffix, "_l2_l3", 0},
    ModifierRow{0x07, 0x07, Effect::suffix, "_l3_l1", 0},    ModifierRow{0x08, 0x08, Effect::suffix, "_q1", 0},
    ModifierRow{0x09, 0x09, Effect::suffix, "_q2", 0},       ModifierRow{0x0A, 0x0A, Effect::suffix, "_q3", 0},
    ModifierRow{0x0B, 0x0B, Effect::suffix, "_q4", 0},       ModifierRow{0x0C, 0x0C, Effect::suffix, "_delta", 0},
    ModifierRow{0x10, 0x10, Effect::suffix, "_absolute", 0},
};

}  // namespace

const VifRow* find_vif(VifTable table, std::uint8_t vif) {
  const auto row = std::find_if(kRows.begin(), kRows.end(), [=](const VifRow& known) {
    return known.table == table && known.first <= vif && vif <= known.last;
  });
  return row == kRows.end() ? nullptr : &*row;
}

const VifRow* find_unit(std::string_view unit) {
  const auto row = std::find_if(kUnits.begin(), kUnits.end(), [=](const UnitRow& known) { return known.unit == unit; });
  return row == kUnits.end() ? nullptr : &row->row;
}

const ModifierRow* find_modifier(std::uint8_t code, bool extended) {
  const auto find = [code](const auto& rows) -> const ModifierRow* {
    const auto row = std::find_if(rows.begin(), rows.end(), [code](const ModifierRow& known) {
      return known.first <= code && code <= known.last;
    });
    return row == rows.end() ? nullptr : &*row;
  };
  return extended ? find(kExtendedModifiers) : find(kModifiers);
}

Scale time_scale(std::uint8_t code) {
  constexpr std::array kScales{Scale{1, 0, 3600}, Scale{1, 0, 60}, Scale{1, 0, 1}, Scale{24, 0, 1}};
  return kScales[code & 3U];
}

}  // namespace afferent::drivers::mbus
