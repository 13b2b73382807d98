#include "tests/drivers/cjt188/meter.h"

#include <doctest/doctest.h>

#include <charconv>
#include <numeric>

#include "drivers/cjt188/cjt188.h"
#include "tests/support/driver_options.h"

namespace afferent::test::cjt188 {
core::DriverDevice device_with(std::string_view options) {
  core::DriverDevice device;
  device.id = "meter";
  device.options = options_from(options, drivers::cjt188::spec().options);
  return device;
}

Meter::Meter(std::string_view options) {
  auto created = drivers::cjt188::spec().create({{device_with(options)}});
  REQUIRE_MESSAGE(created.ok(), (created ? std::string() : created.error().message()));
  driver = std::move(*created);
  sink.first_declared = static_cast<std::uint16_t>(driver->channels({}).size());
}

void Meter::happens(core::WireEvent::Kind kind, core::ByteView bytes) {
  core::WireEvent event;
  event.kind = kind;
  event.at = now;
  event.bytes = bytes;
  driver->on(event, sink);
}

void Meter::turn() { happens(core::WireEvent::Kind::turn); }
void Meter::receives(core::ByteView bytes) { happens(core::WireEvent::Kind::received, bytes); }
void Meter::receives(std::string_view hex) { receives(core::ByteView(bytes_of(hex))); }
void Meter::overhears(std::string_view hex) { happens(core::WireEvent::Kind::overheard, bytes_of(hex)); }
void Meter::times_out() { happens(core::WireEvent::Kind::timed_out); }
void Meter::closes() { happens(core::WireEvent::Kind::closed); }

void Meter::commands(std::string_view verb, std::map<std::string, std::string> arguments) {
  driver->command({{}, std::string(verb), std::move(arguments)}, sink);
}

const core::ChannelSpec& Meter::channel(const RecordingSink::Read& reading) const {
  const auto fixed = driver->channels({});
  const std::size_t at = core::index(reading.channel);
  return at < fixed.size() ? fixed[at] : sink.declared.at(at - fixed.size());
}

std::vector<std::string> Meter::read() const {
  std::vector<std::string> read;
  for (const RecordingSink::Read& reading : sink.readings) {
    const core::ChannelSpec& spec = channel(reading);
    std::string text = spec.name + "=";
    if (reading.kind == core::Value::Kind::number) text += text_of(reading.number);
    if (reading.kind == core::Value::Kind::boolean) text += reading.number != 0 ? "true" : "false";
    text += reading.text;
    if (const auto unit = core::unit_of(spec.quantity); !unit.empty()) text += " " + std::string(unit);
    if (reading.quality != core::Quality::good) text += " ?";
    read.push_back(text);
  }
  return read;
}

std::string Meter::last_sent() const {
  REQUIRE(!sink.sent.empty());
  const std::string hex = core::to_hex(sink.sent.back().bytes);
  return hex.substr(hex.find("68"));
}

std::string text_of(double number) {
  std::array<char, 40> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
  return {buffer.data(), end};
}

core::Bytes bytes_of(std::string_view hex) {
  const auto bytes = core::from_hex(hex);
  REQUIRE_MESSAGE(bytes.has_value(), std::string(hex));
  return bytes.value_or(core::Bytes{});
}

std::string framed(std::string_view hex) {
  core::Bytes bytes = bytes_of(hex);
  bytes.push_back(static_cast<std::uint8_t>(std::accumulate(bytes.begin(), bytes.end(), 0U)));
  bytes.push_back(0x16);
  return core::to_hex(bytes);
}

}  // namespace afferent::test::cjt188
