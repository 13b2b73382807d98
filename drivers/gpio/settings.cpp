#include "drivers/gpio/settings.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "drivers/common/option_error.h"

namespace afferent::drivers::gpio {
namespace {

using core::ConfigField;
using core::ConfigNode;
using core::FieldType;
using core::Quantity;
using Bias = core::PortWish::Bias;

constexpr std::array kFields{
    ConfigField{.key = "line",
                .required = true,
                .minimum = 1,
                .maximum = 64,
                .help = "Number of the line in its chip, e.g. \"17\", or a name of the board, e.g. \"input-1\"."},
    ConfigField{
        .key = "mode", .standard = "contact", .allowed = "contact|pulses|output", .help = "What hangs on the line."},
    ConfigField{.key = "active_low",
                .type = FieldType::boolean,
                .standard = "false",
                .help = "True when the low voltage means true, on, or the pulse."},
    ConfigField{.key = "bias",
                .standard = "as-is",
                .allowed = "as-is|disabled|pull-up|pull-down",
                .help = "Resistor inside the chip; a contact to ground needs pull-up, here or outside."},
    ConfigField{.key = "debounce",
                .type = FieldType::duration,
                .minimum = 0,
                .maximum = 60,
                .help = "Shorter changes are ignored; by default 50 ms for a contact, 2 ms for pulses."},
    ConfigField{.key = "channel",
                .minimum = 1,
                .maximum = 64,
                .help = "Contact and output: name of the boolean channel; by default \"open\" or \"output\"."},
    ConfigField{.key = "initially", .standard = "off", .allowed = "on|off", .help = "Output: state from the start."},
    ConfigField{.key = "count",
                .standard = "rising",
                .allowed = "rising|falling|both",
                .help = "Pulses: which edge is counted, seen after active_low."},
    ConfigField{.key = "measure",
                .standard = "volume",
                .allowed = "volume|energy|rain",
                .help = "Pulses: what they stand for: volume with flow, energy with power, or rain."},
    ConfigField{.key = "pulse_value",
                .type = FieldType::real,
                .standard = "0.0",
                .minimum = 0,
                .maximum = 1e6,
                .help = "Pulses: m3, kWh or mm of one pulse; 0: only pulses are reported."},
    ConfigField{.key = "start_value",
                .type = FieldType::real,
                .standard = "0.0",
                .minimum = 0,
                .maximum = 1e12,
                .help = "Pulses: what the meter showed when the count was 0, in m3, kWh or mm."},
    ConfigField{.key = "zero_after",
                .type = FieldType::duration,
                .standard = "10 min",
                .minimum = 1,
                .maximum = 86400,
                .help = "Pulses: without one for so long, flow or power is 0."},
};

constexpr std::array kMeasures{
    Measure{"volume", Quantity::volume, "flow", Quantity::flow},
    Measure{"energy", Quantity::energy, "power", Quantity::power},
    Measure{"rain", Quantity::rain, "", Quantity::none},
};

// In the order of their enumerations.
constexpr std::array<std::string_view, 3> kModes{"contact", "pulses", "output"};
constexpr std::array<std::string_view, 3> kCounted{"rising", "falling", "both"};
constexpr std::array<std::string_view, 4> kBias{"as-is", "disabled", "pull-up", "pull-down"};
constexpr std::array<double, 3> kDebounce{0.05, 0.002, 0.0};  // seconds, by mode

template <std::size_t Size>
std::size_t place(const std::array<std::string_view, Size>& names, const ConfigNode& node) {
  const auto found = std::find(names.begin(), names.end(), node.text(names[0]));
  return found == names.end() ? 0 : static_cast<std::size_t>(found - names.begin());
}

}  // namespace

std::span<const ConfigField> option_fields() { return kFields; }

core::Result<Settings> settings_from(const core::DriverDevice& device) {
  const ConfigNode& options = device.options;
  Settings settings;
  settings.mode = static_cast<Mode>(place(kModes, options["mode"]));
  settings.counted = static_cast<Counted>(place(kCounted, options["count"]));
  settings.wish.name = options["line"].text();
  settings.wish.output = settings.mode == Mode::output;
  settings.wish.on = options["initially"].text() == "on";
  settings.wish.active_low = options["active_low"].boolean();
  settings.wish.bias = static_cast<Bias>(place(kBias, options["bias"]));
  const double debounce = options["debounce"].real(kDebounce[static_cast<std::size_t>(settings.mode)]);
  settings.wish.debounce = core::Micros(std::llround(debounce * 1e6));
  settings.channel = options["channel"].text(settings.mode == Mode::output ? "output" : "open");
  const std::string_view measure = options["measure"].text("volume");
  const auto* row =
      std::find_if(kMeasures.begin(), kMeasures.end(), [measure](const Measure& one) { return one.name == measure; });
  settings.measure = row == kMeasures.end() ? kMeasures[0] : *row;
  settings.pulse_value = options["pulse_value"].real();
  settings.start_value = options["start_value"].real();
  settings.zero_after =
      std::chrono::duration_cast<core::Nanos>(std::chrono::duration<double>(options["zero_after"].real(600)));
  if (!core::is_channel_name(settings.channel)) {
    return option_error(options["channel"], "channel", "\"" + settings.channel + "\" is no name of a channel");
  }
  if (settings.mode == Mode::output && settings.wish.bias != Bias::as_is) {
    return option_error(options["bias"], "bias", "is for inputs only");
  }
  if (settings.start_value > 0 && settings.pulse_value <= 0) {
    return option_error(options["start_value"], "start_value", "is of no use without pulse_value");
  }
  return settings;
}

}  // namespace afferent::drivers::gpio
