#include "drivers/cjt188/options.h"

#include <array>
#include <charconv>
#include <string>
#include <string_view>

#include "drivers/common/option_error.h"

namespace afferent::drivers::cjt188 {
namespace {

using core::ConfigField;
using core::FieldType;

constexpr std::string_view kAnyText = "AAAAAAAAAAAAAA";

constexpr std::array kFields{
    ConfigField{.key = "address",
                .standard = kAnyText,
                .minimum = 14,
                .maximum = 14,
                .help = "The meter's 14 digits as printed, A6 first; AA in place of two digits stands for any, all AA "
                        "for the one meter of a point-to-point line."},
    ConfigField{.key = "type",
                .standard = "10",
                .minimum = 2,
                .maximum = 2,
                .help = "Meter type in hex: 10-19 water, 20-29 heat and cooling, 30 gas, 40-49 others."},
    ConfigField{.key = "di_order",
                .standard = "auto",
                .allowed = "auto|2004|2018",
                .help =
                    "Byte order of data identifiers, 90 1F (2004) or 1F 90 (2018); auto tries both and keeps the one "
                    "that is answered."},
    ConfigField{.key = "clock_order",
                .standard = "auto",
                .allowed = "auto|normal|reversed",
                .help = "Byte order of the meter's clock: seconds first (normal) or century first (reversed)."},
    ConfigField{.key = "unit_order",
                .standard = "auto",
                .allowed = "auto|after|before",
                .help = "Whether the unit stands after its value, as in the standard, or before it."},
    ConfigField{
        .key = "status_valve_mask",
        .standard = "03",
        .minimum = 1,
        .maximum = 4,
        .help = "Valve bits in hex, of ST0 + 256 * ST1: all 0 open, lowest 1 closed, all 1 fault; 00: no valve."},
    ConfigField{.key = "status_battery_mask",
                .standard = "04",
                .minimum = 1,
                .maximum = 4,
                .help = "Low battery bits in hex, of ST0 + 256 * ST1; 00: none."},
    ConfigField{.key = "months",
                .type = FieldType::integer,
                .standard = "0",
                .minimum = 0,
                .maximum = 12,
                .help = "How many months of history are read (D120 to D12B)."},
    ConfigField{.key = "history_every",
                .type = FieldType::duration,
                .standard = "1 d",
                .minimum = 0,
                .maximum = 86400.0 * 366,
                .help = "How often the history is read."},
    ConfigField{.key = "also",
                .type = FieldType::list,
                .help = "Further data identifiers of each poll in hex: 8102 prices, 8103 settlement day, 8104 reading "
                        "day, 8105 purchase."},
    ConfigField{.key = "litre_decimals",
                .type = FieldType::integer,
                .standard = "2",
                .minimum = 0,
                .maximum = 4,
                .help = "Decimals implied by a value in litres (units 29, 2A, 2B)."},
    ConfigField{.key = "flow_decimals",
                .type = FieldType::integer,
                .standard = "2",
                .minimum = 0,
                .maximum = 4,
                .help = "Decimals implied by the flow of a heat meter."},
    ConfigField{.key = "preamble",
                .type = FieldType::integer,
                .standard = "4",
                .minimum = 0,
                .maximum = 32,
                .help = "Bytes FE in front of each request."},
};

std::optional<std::uint32_t> hex_number(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// A text of hex digits of at most `maximum`.
core::Result<std::uint32_t> hex_option(const core::ConfigNode& options, std::string_view key, std::string_view standard,
                                       std::uint32_t maximum) {
  const core::ConfigNode& node = options[key];
  const std::string_view text = node.text(standard);
  const auto number = hex_number(text);
  if (number && *number <= maximum) return *number;
  return value_error(node, key, text, "must be hex digits, at most " + std::string(maximum > 0xFF ? "FFFF" : "FF"));
}

core::Result<void> read_numbers(const core::ConfigNode& options, Settings& settings) {
  const auto type = hex_option(options, "type", "10", 0xFF);
  if (!type) return type.error();
  if (*type < 0x10 || *type > 0x49) {
    return value_error(options["type"], "type", options["type"].text(), "must be a meter type from 10 to 49");
  }
  settings.type = static_cast<std::uint8_t>(*type);
  const auto valve = hex_option(options, "status_valve_mask", "03", 0xFFFF);
  if (!valve) return valve.error();
  settings.dialect.valve_mask = static_cast<std::uint16_t>(*valve);
  const auto battery = hex_option(options, "status_battery_mask", "04", 0xFFFF);
  if (!battery) return battery.error();
  settings.dialect.battery_mask = static_cast<std::uint16_t>(*battery);
  settings.dialect.litre_decimals = static_cast<int>(options["litre_decimals"].integer(2));
  settings.dialect.flow_decimals = static_cast<int>(options["flow_decimals"].integer(2));
  settings.months = static_cast<std::uint8_t>(options["months"].integer(0));
  settings.preamble = static_cast<std::size_t>(options["preamble"].integer(4));
  settings.history_every =
      std::chrono::duration_cast<core::Nanos>(std::chrono::duration<double>(options["history_every"].real(86400.0)));
  return {};
}

void read_orders(const core::ConfigNode& options, Settings& settings) {
  const std::string_view di = options["di_order"].text("auto");
  if (di == "2004") settings.di_order = DiOrder::high_first;
  if (di == "2018") settings.di_order = DiOrder::low_first;
  const std::string_view clock = options["clock_order"].text("auto");
  if (clock == "normal") settings.dialect.clock = ClockOrder::normal;
  if (clock == "reversed") settings.dialect.clock = ClockOrder::reversed;
  const std::string_view unit = options["unit_order"].text("auto");
  if (unit == "after") settings.dialect.unit = UnitOrder::after;
  if (unit == "before") settings.dialect.unit = UnitOrder::before;
}

}  // namespace

std::span<const ConfigField> option_fields() { return kFields; }

core::Result<Settings> settings_from(const core::DriverDevice& device) {
  const core::ConfigNode& options = device.options;
  Settings settings;
  const std::string_view text = options["address"].text(kAnyText);
  const auto address = address_from(text);
  if (!address) return value_error(options["address"], "address", text, "must be 14 hex digits, e.g. 78330011223344");
  settings.address = *address;
  if (auto read = read_numbers(options, settings); !read) return read.error();
  read_orders(options, settings);
  for (const core::ConfigNode& node : options["also"].list()) {
    const auto id = hex_number(node.text());
    if (!id || (*id != 0x8102 && *id != 0x8103 && *id != 0x8104 && *id != 0x8105)) {
      return value_error(node, "also", node.text(), "must be 8102, 8103, 8104 or 8105");
    }
    settings.also.push_back(static_cast<std::uint16_t>(*id));
  }
  return settings;
}

}  // namespace afferent::drivers::cjt188
