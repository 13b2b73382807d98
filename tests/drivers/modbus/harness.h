// Drivers from profiles and TOML text as the agent makes them, and what they say.
#pragma once

#include <doctest/doctest.h>

#include <array>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "agent/config/check.h"
#include "agent/config/parse.h"
#include "agent/config/profile.h"
#include "agent/core/driver.h"
#include "drivers/modbus/modbus.h"
#include "tests/support/fakes.h"

namespace afferent::test {

inline core::Bytes hex(std::string_view text) {
  const auto bytes = core::from_hex(text);
  REQUIRE_MESSAGE(bytes.has_value(), text);
  return *bytes;
}

// Bit by bit as the standard describes it, so that tests do not rest on the driver's own tables.
inline core::Bytes with_crc(core::Bytes frame) {
  unsigned crc = 0xFFFF;
  for (const std::uint8_t byte : frame) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1u) != 0 ? (crc >> 1) ^ 0xA001u : crc >> 1;
  }
  frame.push_back(static_cast<std::uint8_t>(crc));
  frame.push_back(static_cast<std::uint8_t>(crc >> 8));
  return frame;
}

inline core::ConfigNode checked(const std::string& toml, std::span<const core::ConfigField> fields) {
  const config::Parsed parsed = config::parse(toml, "test.toml");
  REQUIRE_MESSAGE(parsed.node.has_value(), parsed.problem.text());
  core::ConfigNode out;
  for (const config::Problem& problem : config::check(*parsed.node, fields, out)) FAIL(problem.text());
  return out;
}

// `options` is the text of a [[device]] table, `profile` a name in drivers/modbus/profiles, a TOML text, or empty.
inline core::DriverDevice device_of(const std::string& options, const std::string& profile = {}) {
  const core::DriverSpec& spec = drivers::modbus::spec();
  core::DriverDevice device;
  device.id = "probe";
  device.options = checked(options, spec.options);
  if (profile.find('\n') != profile.npos) {
    device.profile = checked(profile, spec.profile);
  } else if (!profile.empty()) {
    const std::array places{std::string()};
    const std::string path = AFFERENT_SOURCE "/drivers/modbus/profiles/" + profile + ".toml";
    config::Profile loaded = config::load_profile(spec, path, places);
    for (const config::Problem& problem : loaded.problems) FAIL(problem.text());
    device.profile = std::move(loaded.node);
  }
  return device;
}

// A driver and its sink.
struct Bench {
  explicit Bench(const core::DriverDevice& device) {
    auto created = drivers::modbus::spec().create({{device}});
    REQUIRE_MESSAGE(created.ok(), created.error().message());
    driver = *std::move(created);
  }
  Bench(const std::string& options, const std::string& profile) : Bench(device_of(options, profile)) {}

  void event(core::WireEvent::Kind kind, core::ByteView bytes = {}) {
    core::WireEvent event;
    event.kind = kind;
    event.bytes = bytes;
    driver->on(event, sink);
  }
  void turn() { event(core::WireEvent::Kind::turn); }
  void received(std::string_view text) { event(core::WireEvent::Kind::received, hex(text)); }
  void overheard(std::string_view text) { event(core::WireEvent::Kind::overheard, hex(text)); }
  void bytewise(core::WireEvent::Kind kind, core::ByteView bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i) event(kind, bytes.subspan(i, 1));
  }
  std::string last_sent() const { return sink.sent.empty() ? "" : core::to_hex(sink.sent.back().bytes); }

  // "level=1.5 m, distance=2 m bad": in order.
  std::string said() const;

  std::unique_ptr<core::Driver> driver;
  RecordingSink sink;
};

inline std::string Bench::said() const {
  std::string all;
  for (const RecordingSink::Read& read : sink.readings) {
    const core::ChannelSpec& channel = driver->channels({})[core::index(read.channel)];
    std::array<char, 32> digits{};
    std::snprintf(digits.data(), digits.size(), "%.15g", read.number);
    std::string text = channel.name + "=";
    text += read.kind == core::Value::Kind::text      ? read.text
            : read.kind == core::Value::Kind::boolean ? (read.number != 0 ? "true" : "false")
                                                      : digits.data();
    const std::string_view unit = core::unit_of(channel.quantity);
    if (!unit.empty()) text += " " + std::string(unit);
    if (read.quality == core::Quality::bad) text += " bad";
    all += (all.empty() ? "" : ", ") + text;
  }
  return all;
}

}  // namespace afferent::test
