#include "tests/drivers/sl651/bench.h"

#include <doctest/doctest.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>

#include "agent/config/check.h"
#include "agent/config/parse.h"
#include "drivers/sl651/sl651.h"

namespace afferent::test::sl651 {
namespace {

std::string text_of(double number) {
  std::array<char, 40> buffer{};
  return {buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr};
}

std::string time_text(core::Micros utc) {
  const std::chrono::sys_time<core::Micros> time(utc);
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::minutes>(time - day));
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()));
  return text.data();
}

}  // namespace

core::DriverDevice device_with(const std::string& options) {
  const config::Parsed parsed = config::parse("x = {" + options + "}", "test.toml");
  REQUIRE_MESSAGE(parsed.node.has_value(), parsed.problem.text());
  const auto spec = drivers::sl651::spec().options;
  std::vector<core::ConfigField> fields(spec.begin(), spec.end());
  for (core::ConfigField& field : fields) field.required = false;
  core::DriverDevice device;
  device.id = "station";
  for (const config::Problem& problem : config::check((*parsed.node)["x"], fields, device.options)) {
    FAIL(problem.text());
  }
  return device;
}

core::Bytes bytes_of(std::string_view hex) {
  const auto bytes = core::from_hex(hex);
  REQUIRE_MESSAGE(bytes.has_value(), std::string(hex));
  return bytes.value_or(core::Bytes{});
}

drivers::sl651::Frame frame_of(std::string_view station, std::uint8_t function, std::string_view body) {
  drivers::sl651::Frame frame;
  frame.center = 1;
  frame.station = station;
  frame.password = 0x1234;
  frame.function = function;
  frame.body = bytes_of(body);
  return frame;
}

Bench::Bench(const std::vector<std::string>& stations) : stations_(stations.size()) {
  core::DriverConfig config;
  for (const std::string& options : stations) config.devices.push_back(device_with(options));
  auto created = drivers::sl651::spec().create(config);
  REQUIRE_MESSAGE(created.ok(), (created ? std::string() : created.error().message()));
  driver = std::move(*created);
}

void Bench::happens(core::WireEvent::Kind kind, core::ByteView bytes, std::uint32_t peer) {
  core::WireEvent event;
  event.kind = kind;
  event.at = now;
  event.peer = peer;
  event.bytes = bytes;
  driver->on(event, sink);
}

std::vector<std::string> Bench::read() const {
  std::vector<std::string> read;
  for (const RecordingSink::Read& reading : sink.readings) {
    const core::ChannelSpec& spec = sink.declared.at(core::index(reading.channel));
    std::string text = stations_ > 1 ? std::to_string(core::index(reading.device)) + ":" : std::string();
    text += spec.name + "=";
    if (reading.kind == core::Value::Kind::number) text += text_of(reading.number);
    if (reading.kind == core::Value::Kind::boolean) text += reading.number != 0 ? "true" : "false";
    text += reading.text;
    if (const auto unit = core::unit_of(spec.quantity); !unit.empty()) text += " " + std::string(unit);
    if (reading.measured) text += " @" + time_text(*reading.measured);
    read.push_back(std::move(text));
  }
  return read;
}

std::string Bench::last_sent() const {
  REQUIRE(!sink.sent.empty());
  return core::to_hex(sink.sent.back().bytes);
}

}  // namespace afferent::test::sl651
