#include "drivers/iio/simulated.h"

#include <array>
#include <charconv>
#include <cmath>
#include <numbers>
#include <utility>

namespace afferent::drivers::iio {
namespace {

constexpr double kAccelScale = 0.001;  // m/s2
constexpr double kInputScale = 0.01;   // mV, mA, or what a value is in
constexpr std::array<const char*, 3> kAxes{"in_accel_x_raw", "in_accel_y_raw", "in_accel_z_raw"};
constexpr Vector kUpright{0.0, 0.0, kGravity};

double usual_scale(const Settings& settings) {
  return settings.mode == Mode::tilt ? kAccelScale : kInputScale / settings.unit;
}

bool processed(const Settings& settings) { return settings.input.ends_with("_input"); }

std::string text_of(double number) {
  std::array<char, 32> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  return {digits.data(), end};
}

Vector scaled(const Vector& vector, double length) {
  const double factor = length / length_of(vector);
  return {vector[0] * factor, vector[1] * factor, vector[2] * factor};
}

// Any direction that is upright to `to`: of the axes the one that is farthest from it, made so.
Vector across(const Vector& to) {
  const Vector unit = scaled(to, 1.0);
  std::size_t far = 0;
  for (std::size_t axis = 1; axis < unit.size(); ++axis) {
    if (std::abs(unit[axis]) < std::abs(unit[far])) far = axis;
  }
  Vector side{-unit[0] * unit[far], -unit[1] * unit[far], -unit[2] * unit[far]};
  side[far] += 1.0;
  return scaled(side, 1.0);
}

double number_or(const Truth& now, std::string_view channel, double usual) {
  const auto found = now.numbers.find(channel);
  return found == now.numbers.end() ? usual : found->second;
}

core::Bytes lines_of(const std::map<std::string, std::string>& texts) {
  core::Bytes lines;
  for (const auto& [file, text] : texts) {
    const std::string line = file + "=" + text + "\n";
    lines.insert(lines.end(), line.begin(), line.end());
  }
  return lines;
}

}  // namespace

SimulatedAttributes::SimulatedAttributes(Settings settings)
    : settings_(std::move(settings)),
      scale_(settings_.scale.value_or(usual_scale(settings_))),
      offset_(settings_.offset.value_or(0.0)) {}

core::Bytes SimulatedAttributes::answer(core::ByteView /*request*/, const Truth& /*now*/, Truth& /*served*/) {
  return {};
}

std::string SimulatedAttributes::name() const { return settings_.mode == Mode::tilt ? "in_accel" : settings_.input; }

bool SimulatedAttributes::shows(std::string_view channel) const {
  if (settings_.mode == Mode::tilt) return true;
  return channel == settings_.channel || (settings_.mode == Mode::loop && channel == "flag_broken_wire");
}

core::Bytes SimulatedAttributes::greeting() {
  last_.clear();
  if (settings_.scale || (settings_.mode != Mode::tilt && processed(settings_))) return {};
  return lines_of({{name() + "_scale", text_of(scale_)}});
}

double SimulatedAttributes::raw(double value) const { return std::round(value / scale_ - offset_); }
double SimulatedAttributes::made(double raw) const { return (raw + offset_) * scale_; }

core::Bytes SimulatedAttributes::push(const Occasion& /*occasion*/, const Truth& now, Truth& served) {
  Texts texts = settings_.mode == Mode::tilt ? tilted(now, served) : mapped(now, served);
  if (texts == last_) return {};
  last_ = texts;
  return lines_of(texts);
}

SimulatedAttributes::Texts SimulatedAttributes::tilted(const Truth& now, Truth& served) const {
  const Vector reference = settings_.reference.value_or(kUpright);
  const double angle = number_or(now, "tilt", 0.0) * std::numbers::pi / 180.0;
  const double length = kGravity + number_or(now, "vibration", 0.0);
  const Vector down = scaled(reference, length * std::cos(angle));
  const Vector side = scaled(across(reference), length * std::sin(angle));
  Texts texts;
  Vector told{};
  for (std::size_t axis = 0; axis < told.size(); ++axis) {
    const double integer = raw(down[axis] + side[axis]);
    texts.emplace(kAxes[axis], text_of(integer + 0.0));
    told[axis] = made(integer);
  }
  if (const auto tilt = angle_between(told, reference)) served.numbers["tilt"] = *tilt;
  served.numbers["vibration"] = std::abs(length_of(told) - kGravity);
  return texts;
}

// The driver's line from current to value, backwards and forwards.
SimulatedAttributes::Texts SimulatedAttributes::mapped(const Truth& now, Truth& served) const {
  const Settings& s = settings_;
  const auto value = now.numbers.find(s.channel);
  const bool broken = s.mode == Mode::loop && number_or(now, "flag_broken_wire", 0.0) != 0.0;
  if (value == now.numbers.end() && !broken) return {};
  const double resistance = s.shunt > 0 ? s.shunt : 1.0;
  double in = broken ? 0.0 : s.in_low + (value->second - s.low) * (s.in_high - s.in_low) / (s.high - s.low);
  double integer = in * resistance / s.unit;
  if (!processed(s)) integer = raw(integer);
  in = (processed(s) ? integer : made(integer)) * s.unit;
  if (s.shunt > 0) in /= s.shunt;
  served.numbers[s.channel] = s.low + (in - s.in_low) * (s.high - s.low) / (s.in_high - s.in_low);
  if (s.mode == Mode::loop) {
    served.numbers["current"] = in / 1000.0;
    served.numbers["flag_broken_wire"] = in < s.broken_below ? 1 : 0;
    served.numbers["flag_over_range"] = in > s.over_range_above ? 1 : 0;
  }
  return {{processed(s) ? s.input : s.input + "_raw", text_of(integer + 0.0)}};
}

core::Result<std::unique_ptr<SimulatedDevice>> simulate(const core::DriverDevice& device) {
  auto settings = settings_from(device);
  if (!settings) return std::move(settings).error();
  if (settings->scale && *settings->scale == 0.0) {
    return core::Error(core::ErrorCode::bad_config, "scale: with 0 every value is 0");
  }
  if (settings->mode != Mode::tilt && settings->low == settings->high) {
    return core::Error(core::ErrorCode::bad_config, "high: must differ from low, or the value says nothing");
  }
  return std::unique_ptr<SimulatedDevice>(std::make_unique<SimulatedAttributes>(*std::move(settings)));
}

}  // namespace afferent::drivers::iio
