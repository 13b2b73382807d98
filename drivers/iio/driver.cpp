#include "drivers/iio/driver.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "drivers/common/named_text.h"

namespace afferent::drivers::iio {
namespace {

using core::Channel;
using core::ChannelSpec;
using core::Error;
using core::ErrorCode;
using core::Quality;
using core::Quantity;
using core::Value;
using Kind = core::WireEvent::Kind;

constexpr core::DeviceRef kDevice{0};
constexpr Channel kTilt{0};
constexpr Channel kVibration{1};
constexpr Channel kValue{0};
constexpr Channel kCurrent{1};
constexpr Channel kBroken{2};
constexpr Channel kOverRange{3};

constexpr Vector kUpright{0.0, 0.0, kGravity};
constexpr std::string_view kSaved = "reference ";

std::vector<ChannelSpec> channels_of(const Settings& settings) {
  if (settings.mode == Mode::tilt) {
    return {{.name = "tilt", .quantity = Quantity::angle, .minimum = 0, .maximum = 180},
            {.name = "vibration", .quantity = Quantity::acceleration, .minimum = 0}};
  }
  std::vector<ChannelSpec> channels{{.name = settings.channel, .quantity = settings.quantity}};
  if (settings.mode == Mode::loop) {
    channels.push_back({.name = "current", .quantity = Quantity::current});
    channels.push_back({.name = "flag_broken_wire", .quantity = Quantity::boolean});
    channels.push_back({.name = "flag_over_range", .quantity = Quantity::boolean});
  }
  return channels;
}

std::vector<std::string> inputs_of(const Settings& settings) {
  if (settings.mode != Mode::tilt) return {settings.input};
  return {"in_accel_x", "in_accel_y", "in_accel_z"};
}

std::vector<Vector> vectors_of(const std::vector<std::vector<double>>& samples) {
  std::vector<Vector> vectors;
  for (const std::vector<double>& sample : samples) vectors.push_back({sample[0], sample[1], sample[2]});
  return vectors;
}

core::Result<Vector> vector_in(const core::DeviceCommand& command) {
  Vector vector{};
  for (std::size_t axis = 0; axis < vector.size(); ++axis) {
    const std::string name(1, static_cast<char>('x' + axis));
    const auto found = command.arguments.find(name);
    const auto number = found == command.arguments.end() ? std::nullopt : number_in<double>(found->second);
    if (!number) return Error(ErrorCode::bad_input, "x, y and z must be numbers in m/s2, or be left out all");
    vector[axis] = *number;
  }
  const double length = length_of(vector);
  if (!(length > 0.1) || !(length < 1000)) return Error(ErrorCode::bad_input, "x, y and z have no direction");
  return vector;
}

}  // namespace

Sensor::Sensor(Settings settings)
    : settings_(std::move(settings)),
      channels_(channels_of(settings_)),
      attributes_(inputs_of(settings_), settings_.scale, settings_.offset) {}

const Vector& Sensor::reference() const {
  if (taken_) return *taken_;
  return settings_.reference ? *settings_.reference : kUpright;
}

void Sensor::on(const core::WireEvent& event, core::Sink& sink) {
  switch (event.kind) {
    case Kind::turn: return begin(false, sink);
    case Kind::received: return event.name.empty() ? text(event.bytes, sink) : received(event, sink);
    case Kind::wake:
      if (asked_.empty() && !samples_.empty()) ask(sink);
      return;
    case Kind::timed_out:
      if (asked_.empty()) return;  // nothing of ours: a text was fed
      return sink.done(Error(ErrorCode::retry, std::exchange(asked_, {}) + " was not read in time"));
    case Kind::opened:
    case Kind::closed:
      attributes_.forget();
      samples_.clear();
      asked_.clear();
      return;
    case Kind::overheard:
    case Kind::edge: return;
  }
}

void Sensor::begin(bool for_reference, core::Sink& sink) {
  for_reference_ = for_reference;
  samples_.clear();
  attributes_.next_sample();
  ask(sink);
}

void Sensor::ask(core::Sink& sink) {
  const auto file = attributes_.next();
  asked_ = file.value_or("");
  core::Outgoing read;
  read.topic = asked_;
  sink.send(std::move(read));
}

void Sensor::received(const core::WireEvent& event, core::Sink& sink) {
  if (event.name != asked_) return;  // late, of a turn before
  const std::string name = std::exchange(asked_, {});
  if (!attributes_.take(name, core::as_text(event.bytes))) {
    if (!event.bytes.empty()) sink.reject(event.bytes, name + " is no number");
    return sink.done(Error(ErrorCode::retry, name + (event.bytes.empty() ? " cannot be read" : " is no number")));
  }
  if (!attributes_.complete()) return ask(sink);
  if (const std::string missing = attributes_.missing(); !missing.empty()) {
    attributes_.forget();
    return sink.done(Error(ErrorCode::bad_config, "the device has no " + missing + "; set the option scale"));
  }
  sampled(sink);
}

void Sensor::sampled(core::Sink& sink) {
  samples_.push_back(attributes_.values().value_or(std::vector<double>(3)));
  attributes_.next_sample();
  if (samples_.size() >= settings_.samples) {
    sink.done(finish(sink));
    samples_.clear();
  } else if (settings_.sample_interval > core::Millis::zero()) {
    sink.wake_in(settings_.sample_interval);
  } else {
    ask(sink);
  }
}

// As `afferent decode` has it: a line "in_voltage0_raw=1234" for each file; each whole sample is a reading.
void Sensor::text(core::ByteView bytes, core::Sink& sink) {
  std::string_view rest = core::as_text(bytes);
  bool any = false;
  while (!rest.empty()) {
    const std::string_view line = next_line(rest);
    if (line.empty()) continue;
    any = true;
    const auto named = named_text(line);
    if (!named || !attributes_.take(named->name, named->value)) {
      sink.reject(core::as_bytes(line), "expected a file of this device and a number, e.g. in_voltage0_raw=1234");
      continue;
    }
    // Scale and offset may follow; what is still not there by then is as if there were none.
    const auto values = attributes_.values();
    if (!values) continue;
    samples_ = {*values};
    for_reference_ = false;
    attributes_.next_sample();
    if (auto result = finish(sink); !result) sink.reject(core::as_bytes(line), result.error().message());
    samples_.clear();
  }
  if (!any) sink.reject(bytes, "blanks; expected a file of this device and a number, e.g. in_voltage0_raw=1234");
}

core::Result<void> Sensor::finish(core::Sink& sink) {
  if (settings_.mode == Mode::tilt) return report_tilt(sink);
  report_value(sink);
  return {};
}

core::Result<void> Sensor::report_tilt(core::Sink& sink) {
  const Position position = combine(vectors_of(samples_), settings_.rejection, settings_.combine);
  const bool at_rest = position.gravity.has_value();
  if (std::exchange(for_reference_, false)) {
    if (!at_rest) return Error(ErrorCode::retry, "it shakes: no sample is close to gravity; try again");
    taken_ = *position.gravity;
  }
  if (at_rest) {
    if (const auto tilt = angle_between(*position.gravity, reference())) {
      sink.reading(kDevice, kTilt, Value::number(*tilt));
    }
  }
  sink.reading(kDevice, kVibration, Value::number(position.vibration));
  return {};
}

double Sensor::middle() const {
  std::vector<double> values;
  for (const std::vector<double>& sample : samples_) values.push_back(sample[0]);
  if (settings_.combine == Combine::mean) {
    double sum = 0.0;
    for (const double value : values) sum += value;
    return sum / static_cast<double>(values.size());
  }
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

// A loop that is broken or beyond its range still tells its value by the same line, as a bad one: nothing is clipped.
void Sensor::report_value(core::Sink& sink) {
  const Settings& s = settings_;
  double in = middle() * s.unit;
  if (s.shunt > 0) in /= s.shunt;  // mV over ohm is mA
  const double value = s.low + (in - s.in_low) * (s.high - s.low) / (s.in_high - s.in_low);
  const bool broken = s.mode == Mode::loop && in < s.broken_below;
  const bool over = s.mode == Mode::loop && in > s.over_range_above;
  sink.reading(kDevice, kValue, Value::number(value), {}, broken || over ? Quality::bad : Quality::good);
  if (s.mode != Mode::loop) return;
  sink.reading(kDevice, kCurrent, Value::number(in / 1000.0));
  sink.reading(kDevice, kBroken, Value::boolean(broken));
  sink.reading(kDevice, kOverRange, Value::boolean(over));
}

void Sensor::command(const core::DeviceCommand& command, core::Sink& sink) {
  if (command.verb != "reference") return core::Driver::command(command, sink);
  if (settings_.mode != Mode::tilt) {
    return sink.done(Error(ErrorCode::bad_input, "reference is for an accelerometer (mode = \"tilt\")"));
  }
  if (command.arguments.empty()) return begin(true, sink);
  auto vector = vector_in(command);
  if (!vector) return sink.done(std::move(vector).error());
  taken_ = *vector;
  sink.done({});
}

core::Bytes Sensor::save() const {
  if (!taken_) return {};
  std::string text(kSaved.substr(0, kSaved.size() - 1));
  for (const double axis : *taken_) {
    std::array<char, 32> digits{};
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), axis);
    text += " ";
    text.append(digits.data(), end);
  }
  return {text.begin(), text.end()};
}

core::Result<void> Sensor::restore(core::ByteView saved) {
  std::string_view text = core::as_text(saved);
  if (text.empty() || settings_.mode != Mode::tilt) return {};
  const Error unreadable(ErrorCode::bad_input, "saved reference cannot be read");
  if (!text.starts_with(kSaved)) return unreadable;
  text.remove_prefix(kSaved.size());
  Vector vector{};
  for (double& axis : vector) {
    const auto blank = text.find(' ');
    const auto number = number_in<double>(text.substr(0, blank));
    if (!number) return unreadable;
    axis = *number;
    text = blank == std::string_view::npos ? std::string_view() : text.substr(blank + 1);
  }
  if (!text.empty() || !(length_of(vector) > 0.1)) return unreadable;
  taken_ = vector;
  return {};
}

}  // namespace afferent::drivers::iio
