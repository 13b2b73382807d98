// The options of a device on a GPIO line. Value types.
#pragma once

#include <span>
#include <string>

#include "agent/core/driver.h"

namespace afferent::drivers::gpio {

enum class Mode : std::uint8_t { contact, pulses, output };
enum class Counted : std::uint8_t { rising, falling, both };  // edges of the logical level

// What a pulse stands for: the channel of the total, and of its rate where there is one.
struct Measure {
  std::string_view name;  // value of the option
  core::Quantity total = core::Quantity::none;
  std::string_view rate_name;  // empty: none
  core::Quantity rate = core::Quantity::none;
};

struct Settings {
  core::PortWish wish;  // its name is empty when the options name no line (decode)
  Mode mode = Mode::contact;
  std::string channel;  // of a contact or an output
  Counted counted = Counted::rising;
  double pulse_value = 0.0;  // in the measure's unit; 0: pulses only
  double start_value = 0.0;  // what the meter showed at 0 pulses
  Measure measure;
  core::Nanos zero_after{};  // without a pulse for so long the rate is 0
};

std::span<const core::ConfigField> option_fields();

// Error{bad_config} names key and line.
core::Result<Settings> settings_from(const core::DriverDevice& device);

}  // namespace afferent::drivers::gpio
