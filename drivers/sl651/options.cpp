#include "drivers/sl651/options.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "drivers/common/option_error.h"
#include "drivers/sl651/text.h"

namespace afferent::drivers::sl651 {
namespace {

using core::ConfigField;
using core::FieldType;

constexpr std::array kFields{
    ConfigField{
        .key = "station",
        .required = true,
        .minimum = 8,
        .maximum = 11,
        .help = "The station's address: 8 digits of a hydrological station, 10 hex digits as on the wire, or the 11 "
                "decimal digits (6 of the county, 5 of the station) of others."},
    ConfigField{.key = "password",
                .minimum = 4,
                .maximum = 4,
                .help = "Four hex digits; frames with another password are refused. By default any."},
    ConfigField{
        .key = "answer",
        .standard = "stay",
        .allowed = "stay|leave|none",
        .help = "How reports are confirmed: the station stays online (ESC), may hang up (EOT), or expects nothing."},
    ConfigField{.key = "utc_offset",
                .type = FieldType::real,
                .standard = "8",
                .minimum = -12,
                .maximum = 14,
                .help = "Hours by which the station's clock is ahead of UTC."},
    ConfigField{.key = "hour_time",
                .standard = "guess",
                .allowed = "guess|first|last",
                .help =
                    "Whether the time of an hour's twelve values is that of the first, as in the standard, or of the "
                    "last; guess takes the last where the first would put values behind the report."},
};

bool all_hex(std::string_view text) { return std::all_of(text.begin(), text.end(), is_hex_digit); }
bool all_decimal(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Section 6.2.3.2: 00 and eight digits, or six decimal digits and a number of two bytes.
std::optional<std::string> address_from(std::string_view text) {
  if (text.size() == 8 && all_decimal(text)) return "00" + std::string(text);
  if (text.size() == 10 && all_hex(text)) return upper(std::string(text));
  if (text.size() != 11 || !all_decimal(text)) return std::nullopt;
  std::size_t number = 0;
  for (const char c : text.substr(6)) number = number * 10 + static_cast<std::size_t>(c - '0');
  if (number > 0xFFFF) return std::nullopt;
  return std::string(text.substr(0, 6)) + hex_text(number, 4);
}

}  // namespace

std::span<const ConfigField> option_fields() { return kFields; }

core::Result<Settings> settings_from(const core::DriverDevice& device) {
  const core::ConfigNode& options = device.options;
  Settings settings;
  if (const core::ConfigNode& node = options["station"]; !node.empty()) {
    const auto address = address_from(node.text());
    if (!address)
      return value_error(node, "station", node.text(), "must be 8 decimal, 10 hex or 11 decimal digits, e.g. 12345678");
    settings.station = *address;
  }
  if (const core::ConfigNode& node = options["password"]; !node.empty()) {
    if (node.text().size() != 4 || !all_hex(node.text()))
      return value_error(node, "password", node.text(), "must be four hex digits");
    settings.password = static_cast<std::uint16_t>(number_in_hex(node.text()));
  }
  const std::string_view answer = options["answer"].text("stay");
  if (answer == "leave") settings.answer = Answer::leave;
  if (answer == "none") settings.answer = Answer::none;
  settings.rules.zone = Minutes(std::lround(options["utc_offset"].real(8.0) * 60.0));
  const std::string_view hour = options["hour_time"].text("guess");
  if (hour == "first") settings.rules.hour_time = HourTime::first;
  if (hour == "last") settings.rules.hour_time = HourTime::last;
  return settings;
}

}  // namespace afferent::drivers::sl651
