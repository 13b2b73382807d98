#include "drivers/iio/settings.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "drivers/common/option_error.h"

namespace afferent::drivers::iio {
namespace {

using core::ConfigField;
using core::ConfigNode;
using core::FieldType;

constexpr std::array kFields{
    ConfigField{.key = "mode",
                .standard = "tilt",
                .allowed = "tilt|loop|value",
                .help = "Accelerometer, a 4-20 mA loop through a converter, or any other value."},
    ConfigField{.key = "samples",
                .type = FieldType::integer,
                .minimum = 1,
                .maximum = 64,
                .help = "How often it is read for one reading; by default 5 for tilt, else 1."},
    ConfigField{.key = "sample_interval",
                .type = FieldType::duration,
                .standard = "20 ms",
                .minimum = 0,
                .maximum = 1,
                .help = "Pause between these."},
    ConfigField{
        .key = "combine", .standard = "median", .allowed = "median|mean", .help = "What is made of the samples."},
    ConfigField{
        .key = "scale", .type = FieldType::real, .help = "Instead of the device's own scale: (raw + offset) * scale."},
    ConfigField{.key = "offset", .type = FieldType::real, .help = "Instead of the device's own offset."},
    ConfigField{.key = "rejection",
                .type = FieldType::real,
                .standard = "1.0",
                .minimum = 0.01,
                .maximum = 100,
                .help = "Tilt: a sample that differs from gravity by more is vibration and not used, in m/s2."},
    ConfigField{.key = "reference",
                .type = FieldType::reals,
                .help = "Tilt: x, y and z in m/s2 as installed; by default z up, until the command reference."},
    ConfigField{.key = "input",
                .minimum = 1,
                .maximum = 48,
                .help = "Loop and value: attribute without its ending, by default \"in_voltage0\"; one that ends in "
                        "_input is read as it is."},
    ConfigField{.key = "scale_unit",
                .standard = "standard",
                .allowed = "standard|volt",
                .help = "Loop: volt where the driver's scale gives V instead of mV (MCP342x)."},
    ConfigField{.key = "shunt",
                .type = FieldType::real,
                .minimum = 0.1,
                .maximum = 100000,
                .help = "Loop: resistor in ohm over which the converter measures; not with an in_current input."},
    ConfigField{.key = "channel",
                .minimum = 1,
                .maximum = 64,
                .help = "Loop and value: name of the channel, by default \"level\"."},
    ConfigField{.key = "quantity",
                .standard = "length",
                .help = "Loop and value: what the channel is, e.g. length (m), pressure (kPa), temperature (degC)."},
    ConfigField{.key = "in_low",
                .type = FieldType::real,
                .help = "Loop: mA at `low`, by default 4. Value: what the device says there, by default 0."},
    ConfigField{.key = "in_high",
                .type = FieldType::real,
                .help = "Loop: mA at `high`, by default 20. Value: what the device says there, by default 1."},
    ConfigField{.key = "low",
                .type = FieldType::real,
                .standard = "0.0",
                .help = "Loop and value: the channel's value at in_low, in its unit."},
    ConfigField{.key = "high",
                .type = FieldType::real,
                .standard = "1.0",
                .help = "Loop and value: the channel's value at in_high, in its unit."},
    ConfigField{.key = "broken_below",
                .type = FieldType::real,
                .standard = "3.6",
                .minimum = 0,
                .maximum = 4,
                .help = "Loop: current in mA below which the wire is broken."},
    ConfigField{.key = "over_range_above",
                .type = FieldType::real,
                .standard = "21.0",
                .minimum = 20,
                .maximum = 30,
                .help = "Loop: current in mA above which the sensor has failed or is beyond its range."},
};

// In the order of their enumerations.
constexpr std::array<std::string_view, 3> kModes{"tilt", "loop", "value"};

std::optional<double> given(const ConfigNode& node) { return node.empty() ? std::nullopt : std::optional(node.real()); }

core::Result<void> read_tilt(const ConfigNode& options, Settings& settings) {
  settings.rejection = options["rejection"].real(1.0);
  const ConfigNode& reference = options["reference"];
  if (reference.empty()) return {};
  const auto& list = reference.list();
  if (list.size() != 3) return option_error(reference, "reference", "must be three numbers: x, y and z in m/s2");
  const Vector vector{list[0].real(), list[1].real(), list[2].real()};
  const double length = length_of(vector);
  if (!(length > 0.1) || !(length < 1000)) return option_error(reference, "reference", "has no direction");
  settings.reference = vector;
  return {};
}

core::Result<void> read_map(const ConfigNode& options, Settings& settings) {
  settings.input = options["input"].text("in_voltage0");
  settings.channel = options["channel"].text("level");
  if (!core::is_channel_name(settings.channel)) {
    return option_error(options["channel"], "channel", "\"" + settings.channel + "\" is no name of a channel");
  }
  const auto quantity = core::quantity_named(options["quantity"].text("length"));
  if (!quantity || *quantity == core::Quantity::boolean || *quantity == core::Quantity::text) {
    return option_error(options["quantity"], "quantity",
                        "\"" + std::string(options["quantity"].text()) +
                            "\" is no quantity of a number; e.g. length, pressure, temperature, flow, ratio, none");
  }
  settings.quantity = *quantity;
  const bool loop = settings.mode == Mode::loop;
  settings.in_low = options["in_low"].real(loop ? 4.0 : 0.0);
  settings.in_high = options["in_high"].real(loop ? 20.0 : 1.0);
  settings.low = options["low"].real(0.0);
  settings.high = options["high"].real(1.0);
  if (settings.in_low == settings.in_high)
    return option_error(options["in_high"], "in_high", "must differ from in_low");
  return {};
}

core::Result<void> read_loop(const ConfigNode& options, Settings& settings) {
  const bool current = settings.input.starts_with("in_current");
  settings.shunt = options["shunt"].real();
  if (current && settings.shunt > 0) {
    return option_error(options["shunt"], "shunt", "is of no use: " + settings.input + " is a current already");
  }
  if (!current && settings.shunt <= 0) {
    return option_error(options["shunt"], "shunt",
                        "missing; expected the resistor in ohm over which the loop is measured");
  }
  settings.unit = options["scale_unit"].text() == "volt" ? 1000.0 : 1.0;
  settings.broken_below = options["broken_below"].real(3.6);
  settings.over_range_above = options["over_range_above"].real(21.0);
  return {};
}

}  // namespace

std::span<const ConfigField> option_fields() { return kFields; }

core::Result<Settings> settings_from(const core::DriverDevice& device) {
  const ConfigNode& options = device.options;
  Settings settings;
  const auto mode = std::find(kModes.begin(), kModes.end(), options["mode"].text("tilt"));
  if (mode != kModes.end()) settings.mode = static_cast<Mode>(mode - kModes.begin());
  settings.samples = static_cast<std::size_t>(options["samples"].integer(settings.mode == Mode::tilt ? 5 : 1));
  settings.sample_interval = core::Millis(std::llround(options["sample_interval"].real(0.02) * 1000));
  settings.combine = options["combine"].text() == "mean" ? Combine::mean : Combine::median;
  settings.scale = given(options["scale"]);
  settings.offset = given(options["offset"]);
  core::Result<void> read = settings.mode == Mode::tilt ? read_tilt(options, settings) : read_map(options, settings);
  if (read && settings.mode == Mode::loop) read = read_loop(options, settings);
  if (!read) return std::move(read).error();
  return settings;
}

}  // namespace afferent::drivers::iio
