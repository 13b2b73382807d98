#include "tests/drivers/mbus/meter.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "drivers/mbus/link.h"
#include "drivers/mbus/mbus.h"
#include "drivers/mbus/simulated.h"
#include "tests/support/driver_options.h"

namespace afferent::test::mbus {
core::DriverDevice device_with(std::string_view options) {
  core::DriverDevice device;
  device.id = "meter";
  device.options = options_from(options, drivers::mbus::spec().options);
  return device;
}

Meter::Meter(std::string_view options) {
  auto created = drivers::mbus::spec().create({{device_with(options)}});
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
void Meter::wakes() { happens(core::WireEvent::Kind::wake); }
void Meter::receives(core::ByteView bytes) { happens(core::WireEvent::Kind::received, bytes); }
void Meter::receives(std::string_view hex) { receives(core::ByteView(bytes_of(hex))); }
void Meter::overhears(std::string_view hex) { happens(core::WireEvent::Kind::overheard, bytes_of(hex)); }
void Meter::times_out() { happens(core::WireEvent::Kind::timed_out); }
void Meter::opens() { happens(core::WireEvent::Kind::opened); }

void Meter::commands(std::string_view verb, std::map<std::string, std::string> arguments) {
  driver->command({{}, std::string(verb), std::move(arguments)}, sink);
}

const core::ChannelSpec& Meter::channel(const RecordingSink::Read& reading) const {
  return sink.declared.at(core::index(reading.channel));
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

std::vector<std::string> Meter::values() const {
  std::vector<std::string> values = read();
  std::erase_if(values, [](const std::string& text) { return text.starts_with("flag_"); });
  return values;
}

std::string Meter::value_of(std::string_view name) const {
  std::string value;
  for (const std::string& text : read()) {
    if (text.substr(0, text.find('=')) == name) value = text.substr(name.size() + 1);
  }
  return value;
}

std::string Meter::last_sent() const {
  REQUIRE(!sink.sent.empty());
  return core::to_hex(sink.sent.back().bytes);
}

namespace {

// Each answers one byte later than the one before; where several send, only what all of them send as 1 stays 1.
core::Bytes answer_of(const std::vector<drivers::SimulatedDevice*>& slaves, core::ByteView request,
                      const drivers::Truth& now, drivers::Truth& served) {
  core::Bytes mixed;
  std::size_t late = 0;
  for (drivers::SimulatedDevice* slave : slaves) {
    drivers::Truth own;
    const core::Bytes answer = slave->answer(request, now, own);
    if (answer.empty()) continue;
    served.numbers.merge(own.numbers);
    mixed.resize(std::max(mixed.size(), answer.size() + late), 0xFF);
    for (const std::uint8_t byte : answer) {
      mixed[late] = static_cast<std::uint8_t>(mixed[late] & byte);
      ++late;
    }
    late = late - answer.size() + 1;
  }
  return mixed;
}

}  // namespace

void converse(Meter& meter, const std::vector<drivers::SimulatedDevice*>& slaves, const drivers::Truth& now,
              drivers::Truth& served) {
  const int before = meter.sink.done_count;
  for (std::size_t at = 0; meter.sink.done_count == before && at < 10'000; ++at) {
    REQUIRE(at < meter.sink.sent.size());
    const core::Outgoing request = meter.sink.sent[at];
    const std::size_t sent = meter.sink.sent.size();
    for (int tries = 0; tries < 3 && meter.sink.sent.size() == sent && meter.sink.done_count == before; ++tries) {
      const core::Bytes answer = answer_of(slaves, request.bytes, now, served);
      if (!answer.empty()) meter.receives(core::ByteView(answer));
    }
    if (meter.sink.sent.size() != sent || meter.sink.done_count != before) continue;
    if (request.expects_answer) {
      meter.times_out();
    } else {
      meter.wakes();
    }
  }
  CHECK(meter.sink.done_count == before + 1);
  meter.sink.sent.clear();
}

std::unique_ptr<drivers::SimulatedDevice> simulated(std::string_view options) {
  auto device = drivers::mbus::simulate(device_with(options));
  REQUIRE_MESSAGE(device.ok(), (device ? std::string() : device.error().message()));
  return std::move(*device);
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

std::string response(std::string_view data, std::uint8_t address) {
  return core::to_hex(drivers::mbus::encode_variable(0x08, address, bytes_of(data)));
}

}  // namespace afferent::test::mbus
