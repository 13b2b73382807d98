#include <doctest/doctest.h>

#include <charconv>

#include "drivers/wmbus/wmbus.h"
#include "tests/drivers/wmbus/rig.h"

namespace afferent::test::wmbus {
namespace {

core::ConfigNode node_from(const std::string& key, const std::string& value) {
  if (key == "key_file") return {core::Secret{std::make_shared<const std::string>(value)}, {}};
  if (key == "rssi_byte") return {value == "true", {}};
  if (key == "repeated_within") return {std::stod(value), {}};
  return {value, {}};
}

}  // namespace

core::Bytes bytes_of(std::string_view hex) {
  auto bytes = core::from_hex(hex);
  REQUIRE_MESSAGE(bytes.has_value(), std::string(hex));
  return *bytes;
}

std::string text_of(double number) {
  char text[32];
  const auto [end, error] = std::to_chars(text, text + sizeof text, number);
  REQUIRE(error == std::errc());
  return {text, end};
}

core::DriverDevice device_with(std::string_view list, std::string id) {
  core::ConfigNode::Table table;
  while (!list.empty()) {
    const std::string_view entry = list.substr(0, list.find(','));
    list.remove_prefix(std::min(list.size(), entry.size() + 1));
    std::string key(entry.substr(0, entry.find('=')));
    if (key == "key") key = "key_file";
    table[key] = node_from(key, std::string(entry.substr(entry.find('=') + 1)));
  }
  core::DriverDevice device;
  device.id = std::move(id);
  device.options = core::ConfigNode(std::move(table), {});
  return device;
}

Rig::Rig(std::string_view options) : Rig(std::vector{device_with(options)}) {}

Rig::Rig(const std::vector<core::DriverDevice>& devices) {
  auto created = drivers::wmbus::spec().create({devices});
  REQUIRE_MESSAGE(created.ok(), (created ? std::string() : created.error().message()));
  driver = std::move(*created);
}

void Rig::receives(core::ByteView bytes) { happens(core::WireEvent::Kind::received, bytes); }
void Rig::pauses() { happens(core::WireEvent::Kind::timed_out); }

void Rig::happens(core::WireEvent::Kind kind, core::ByteView bytes) {
  core::WireEvent event;
  event.kind = kind;
  event.at = now;
  event.bytes = bytes;
  driver->on(event, sink);
}

std::string Rig::text(const RecordingSink::Read& reading) const {
  const core::ChannelSpec& channel = sink.declared.at(core::index(reading.channel));
  std::string text = channel.name + "=";
  if (reading.kind == core::Value::Kind::text) return text + reading.text;
  if (reading.kind == core::Value::Kind::boolean) return text + (reading.number != 0 ? "true" : "false");
  text += text_of(reading.number);
  const std::string_view unit = core::unit_of(channel.quantity);
  if (!unit.empty()) text += " " + std::string(unit);
  return reading.quality == core::Quality::good ? text : text + " ?";
}

std::vector<std::string> Rig::read() const {
  std::vector<std::string> all;
  for (const auto& reading : sink.readings) all.push_back(text(reading));
  return all;
}

std::vector<std::string> Rig::read(std::size_t device) const {
  std::vector<std::string> all;
  for (const auto& reading : sink.readings) {
    if (core::index(reading.device) == device) all.push_back(text(reading));
  }
  return all;
}

std::string Rig::value(std::string_view channel) const {
  std::string last;
  for (const std::string& reading : read()) {
    const std::size_t equals = reading.find('=');
    if (reading.substr(0, equals) == channel) last = reading.substr(equals + 1);
  }
  return last;
}

std::string Rig::why() const { return sink.rejects.empty() ? std::string() : sink.rejects.back().why; }

}  // namespace afferent::test::wmbus
