// The options of a device of the Industrial I/O. Value types.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "agent/core/driver.h"
#include "drivers/iio/tilt.h"

namespace afferent::drivers::iio {

enum class Mode : std::uint8_t { tilt, loop, value };

struct Settings {
  Mode mode = Mode::tilt;
  std::size_t samples = 5;
  core::Millis sample_interval{};
  std::optional<double> scale;   // instead of the device's
  std::optional<double> offset;  // instead of the device's

  // tilt
  double rejection = 1.0;  // m/s2
  Combine combine = Combine::median;
  std::optional<Vector> reference;

  // loop and value
  std::string input;          // attribute without its ending: "in_voltage0"
  double unit = 1.0;          // factor from what raw, offset and scale make to mV, mA, or the value as it is
  double shunt = 0.0;         // ohm; 0: the input is a current
  double broken_below = 3.6;  // mA
  double over_range_above = 21.0;
  std::string channel;
  core::Quantity quantity = core::Quantity::none;
  double in_low = 4.0;  // mA of a loop, or what the device says
  double in_high = 20.0;
  double low = 0.0;  // the channel's unit at in_low ...
  double high = 0.0;
};

std::span<const core::ConfigField> option_fields();

// Error{bad_config} names key and line.
core::Result<Settings> settings_from(const core::DriverDevice& device);

}  // namespace afferent::drivers::iio
