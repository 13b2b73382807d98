#include "drivers/gpio/driver.h"

#include <chrono>
#include <cmath>
#include <utility>

#include "drivers/common/command_arguments.h"
#include "drivers/common/named_text.h"

namespace afferent::drivers::gpio {
namespace {

using core::ChannelSpec;
using core::Error;
using core::ErrorCode;
using core::Value;
using Kind = core::WireEvent::Kind;

constexpr core::DeviceRef kDevice{0};
constexpr core::Channel kLevel{0};  // of a contact or an output
constexpr core::Channel kPulses{0};
constexpr core::Channel kLost{1};
constexpr core::Channel kTotal{2};
constexpr core::Channel kRate{3};

constexpr double kLongestPulse = 86400;  // seconds
constexpr std::string_view kSaved = "pulses ";

std::vector<ChannelSpec> channels_of(const Settings& settings) {
  if (settings.mode != Mode::pulses) return {{.name = settings.channel, .quantity = core::Quantity::boolean}};
  std::vector<ChannelSpec> channels{{.name = "pulses", .minimum = 0}, {.name = "pulses_lost", .minimum = 0}};
  if (settings.pulse_value <= 0) return channels;
  const Measure& measure = settings.measure;
  channels.push_back({.name = std::string(measure.name), .quantity = measure.total, .minimum = 0});
  if (!measure.rate_name.empty()) {
    channels.push_back({.name = std::string(measure.rate_name), .quantity = measure.rate, .minimum = 0});
  }
  return channels;
}

std::optional<bool> level_of(std::string_view text) {
  if (text == "1") return true;
  if (text == "0") return false;
  return std::nullopt;
}

}  // namespace

Line::Line(Settings settings)
    : settings_(std::move(settings)),
      channels_(channels_of(settings_)),
      counter_(settings_.counted, settings_.zero_after) {}

std::vector<core::PortWish> Line::wishes() const {
  if (settings_.wish.name.empty()) return {};
  return {settings_.wish};
}

void Line::on(const core::WireEvent& event, core::Sink& sink) {
  switch (event.kind) {
    case Kind::opened: return opened(sink);
    case Kind::closed: return counter_.line_closed();
    case Kind::turn: return ask(sink);
    case Kind::received: return received(event, sink);
    case Kind::wake: return woken(sink);
    case Kind::timed_out: return sink.done(Error(ErrorCode::retry, "the line was not read in time"));
    case Kind::edge:
      if (!mine(event.name)) return;
      if (const auto level = level_of(core::as_text(event.bytes))) edge(*level, event.count, event.at.boot, sink);
      return;
    case Kind::overheard: return;  // another line of the chip
  }
}

// The port asks for its lines anew each time, an output then begins as configured.
void Line::opened(core::Sink& sink) {
  counter_.line_opened();
  if (driven_ && *driven_ != settings_.wish.on) drive(*driven_, sink);
}

void Line::ask(core::Sink& sink) const {
  core::Outgoing read;
  read.topic = settings_.wish.name;
  sink.send(std::move(read));
}

void Line::received(const core::WireEvent& event, core::Sink& sink) {
  if (event.name.empty()) return text(event, sink);
  if (!mine(event.name)) return;
  const auto level = level_of(core::as_text(event.bytes));
  if (!level) return sink.done(Error(ErrorCode::retry, "line " + settings_.wish.name + " cannot be read"));
  report(level, event.at.boot, sink);
  sink.done({});
}

// As `afferent decode` has it: "17=1 #5 @12.5", a line each. With a number it is an edge, else a level.
void Line::text(const core::WireEvent& event, core::Sink& sink) {
  std::string_view rest = core::as_text(event.bytes);
  bool edges = false;
  bool any = false;
  core::Nanos last = event.at.boot;
  while (!rest.empty()) {
    const std::string_view line = next_line(rest);
    if (line.empty()) continue;
    any = true;
    const auto named = named_text(line);
    const auto level = named ? level_of(named->value) : std::nullopt;
    if (!level) {
      sink.reject(core::as_bytes(line), "expected LINE=0 or LINE=1, for an edge with #NUMBER behind it");
      continue;
    }
    if (!mine(named->name)) continue;
    last = event.at.boot;
    if (named->seconds && std::abs(*named->seconds) < 1e9) {
      last += std::chrono::duration_cast<core::Nanos>(std::chrono::duration<double>(*named->seconds));
    }
    if (named->count) {
      edge(*level, *named->count, last, sink);
      edges = true;
    } else {
      report(level, last, sink);
    }
  }
  if (!any) sink.reject(event.bytes, "blanks; expected LINE=0 or LINE=1");
  if (edges && settings_.mode == Mode::pulses) report({}, last, sink);
}

void Line::edge(bool level, std::uint64_t number, core::Nanos at, core::Sink& sink) {
  if (settings_.mode == Mode::pulses) return counter_.edge(level, number, at);
  if (settings_.mode == Mode::contact) report(level, at, sink);
}

void Line::report(std::optional<bool> level, core::Nanos now, core::Sink& sink) {
  if (settings_.mode != Mode::pulses) {
    if (level) sink.reading(kDevice, kLevel, Value::boolean(*level));
    return;
  }
  const auto pulses = static_cast<double>(counter_.total());
  sink.reading(kDevice, kPulses, Value::number(pulses));
  sink.reading(kDevice, kLost, Value::number(static_cast<double>(counter_.lost())));
  if (settings_.pulse_value <= 0) return;
  sink.reading(kDevice, kTotal, Value::number(settings_.start_value + pulses * settings_.pulse_value));
  if (settings_.measure.rate_name.empty()) return;
  if (const auto rate = counter_.rate(now)) {
    sink.reading(kDevice, kRate, Value::number(*rate * 3600.0 * settings_.pulse_value));
  }
}

void Line::drive(bool on, core::Sink& sink) {
  core::Outgoing outgoing;
  outgoing.topic = settings_.wish.name;
  outgoing.bytes = {static_cast<std::uint8_t>(on ? '1' : '0')};
  outgoing.expects_answer = false;
  driven_ = on;
  sink.send(std::move(outgoing));
  sink.reading(kDevice, kLevel, Value::boolean(on));
}

void Line::woken(core::Sink& sink) {
  if (!std::exchange(pulsing_, false)) return;  // it was set anew meanwhile
  drive(!driven_.value_or(true), sink);
  sink.done({});
}

void Line::command(const core::DeviceCommand& command, core::Sink& sink) {
  if (command.verb == "set") return sink.done(set_output(command, sink));
  if (command.verb == "total") return sink.done(set_total(command));
  core::Driver::command(command, sink);
}

core::Result<void> Line::set_output(const core::DeviceCommand& command, core::Sink& sink) {
  if (settings_.mode != Mode::output) return Error(ErrorCode::bad_input, "the line is an input; set is for outputs");
  const std::string state = argument(command, "state");
  if (state != "on" && state != "off") {
    return argument_error("state", state, "must be on or off");
  }
  const std::string length = argument(command, "for");
  const auto seconds = length.empty() ? std::optional(0.0) : number_in<double>(length);
  if (!seconds || *seconds < 0 || *seconds > kLongestPulse || (!length.empty() && *seconds < 0.001)) {
    return argument_error("for", length, "must be seconds, 0.001 to 86400");
  }
  drive(state == "on", sink);
  pulsing_ = !length.empty();
  if (pulsing_) sink.wake_in(std::chrono::ceil<core::Millis>(std::chrono::duration<double>(*seconds)));
  return {};
}

core::Result<void> Line::set_total(const core::DeviceCommand& command) {
  if (settings_.mode != Mode::pulses) return Error(ErrorCode::bad_input, "the line does not count pulses");
  const std::string text = argument(command, "pulses");
  const auto pulses = number_in<std::uint64_t>(text);
  if (!pulses || *pulses > (std::uint64_t{1} << 53)) {
    return argument_error("pulses", text, "must be a whole number");
  }
  counter_.set(*pulses, 0);
  return {};
}

core::Bytes Line::save() const {
  if (settings_.mode != Mode::pulses) return {};
  const std::string text =
      std::string(kSaved) + std::to_string(counter_.total()) + " " + std::to_string(counter_.lost());
  return {text.begin(), text.end()};
}

core::Result<void> Line::restore(core::ByteView saved) {
  std::string_view text = core::as_text(saved);
  if (settings_.mode != Mode::pulses || text.empty()) return {};
  const bool ours = text.starts_with(kSaved);
  if (ours) text.remove_prefix(kSaved.size());
  const auto blank = text.find(' ');
  const auto total = number_in<std::uint64_t>(text.substr(0, blank));
  const auto lost = number_in<std::uint64_t>(blank == std::string_view::npos ? "" : text.substr(blank + 1));
  if (!ours || !total || !lost) return Error(ErrorCode::bad_input, "saved pulse count cannot be read");
  counter_.set(*total, *lost);
  return {};
}

}  // namespace afferent::drivers::gpio
