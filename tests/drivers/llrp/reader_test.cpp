#include "tests/drivers/llrp/reader.h"

#include <doctest/doctest.h>

#include <charconv>

#include "agent/config/check.h"
#include "agent/config/parse.h"
#include "drivers/llrp/big_endian.h"
#include "drivers/llrp/llrp.h"
#include "drivers/llrp/writer.h"

namespace afferent::test::llrp {

using drivers::llrp::Param;
using drivers::llrp::Writer;

core::Bytes bytes_of(std::string_view hex) {
  auto bytes = core::from_hex(hex);
  REQUIRE_MESSAGE(bytes.has_value(), std::string(hex));
  return std::move(*bytes);
}

core::DriverDevice device_with(std::string_view options) {
  core::DriverDevice device;
  device.id = "gate";
  const config::Parsed parsed = config::parse(std::string(options), "test");
  REQUIRE_MESSAGE(parsed.node, std::string(options));
  const auto problems = config::check(*parsed.node, drivers::llrp::spec().options, device.options);
  REQUIRE_MESSAGE(problems.empty(), (problems.empty() ? std::string() : problems.front().text()));
  return device;
}

core::Bytes event(std::string_view parameter_hex) {
  Writer writer(Type::reader_event_notification, 7);
  {
    const auto data = writer.open(Param::event_notification_data);
    {
      const auto time = writer.open(Param::utc_timestamp);
      writer.u64(1'385'585'041'000'000);
    }
    writer.bytes(bytes_of(parameter_hex));
  }
  return writer.finish();
}

core::Bytes greeting(std::uint16_t attempt) {
  Writer writer(Type::reader_event_notification, 0);
  {
    const auto data = writer.open(Param::event_notification_data);
    const auto status = writer.open(Param::connection_attempt);
    writer.u16(attempt);
  }
  return writer.finish();
}

core::Bytes reply(Type type, std::uint32_t id, std::uint16_t code, std::string_view text) {
  Writer writer(type, id);
  {
    const auto status = writer.open(Param::llrp_status);
    writer.u16(code).u16(static_cast<std::uint16_t>(text.size())).bytes(core::as_bytes(text));
  }
  return writer.finish();
}

core::Bytes keepalive(std::uint32_t id) { return Writer(Type::keepalive, id).finish(); }

core::Bytes report(std::string_view parameters_hex) {
  Writer writer(Type::ro_access_report, 9);
  writer.bytes(bytes_of(parameters_hex));
  return writer.finish();
}

Client::Client(std::string_view options) {
  core::DriverConfig config;
  config.devices.push_back(device_with(options));
  auto created = drivers::llrp::spec().create(config);
  REQUIRE_MESSAGE(created.ok(), (created ? std::string() : created.error().message()));
  driver = std::move(*created);
}

void Client::happens(core::WireEvent::Kind kind, core::ByteView bytes) {
  core::WireEvent wire;
  wire.kind = kind;
  wire.at = now;
  wire.bytes = bytes;
  driver->on(wire, sink);
  note_timer();
}

void Client::note_timer() {
  if (sink.wakes.size() == wakes_seen_) return;
  wakes_seen_ = sink.wakes.size();
  timer_ = now.boot + sink.wakes.back();
}

void Client::passes(core::Nanos time) {
  const core::Nanos end = now.boot + time;
  while (timer_ && *timer_ <= end) {
    now.boot = *timer_;
    timer_.reset();
    wakes();
  }
  now.boot = end;
}

void Client::commands(std::string_view verb) {
  driver->command({core::DeviceRef{}, std::string(verb), {}}, sink);
  note_timer();
}

std::vector<Sent> Client::take_sent() {
  std::vector<Sent> sent;
  for (; taken_ < sink.sent.size(); ++taken_) {
    drivers::llrp::Receiver receiver;
    receiver.feed(sink.sent[taken_].bytes);
    while (const auto message = receiver.next()) {
      sent.push_back({message->type, message->id, core::Bytes(message->bytes.begin(), message->bytes.end())});
    }
  }
  return sent;
}

std::vector<Type> Client::types_sent() {
  std::vector<Type> types;
  for (const Sent& one : take_sent()) types.push_back(one.type);
  return types;
}

void Client::replies_to_all() {
  for (auto sent = take_sent(); !sent.empty(); sent = take_sent()) {
    for (const Sent& one : sent) receives(reply(drivers::llrp::reply_to(one.type), one.id));
  }
}

void Client::connects() {
  opens();
  receives(greeting());
  passes(core::Millis(1));
  replies_to_all();
}

std::vector<std::string> Client::read() const {
  std::vector<std::string> lines;
  for (const auto& reading : sink.readings) {
    const core::ChannelSpec& spec = driver->channels(core::DeviceRef{})[core::index(reading.channel)];
    std::string line = spec.name + "=";
    line += reading.kind == core::Value::Kind::text ? reading.text : std::to_string(static_cast<long>(reading.number));
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace afferent::test::llrp
