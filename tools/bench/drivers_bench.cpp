// Decoding: telegrams of encrypted radio meters, M-Bus records, tag reports of an RFID reader. Each through its driver,
// or the layer that the name says, on one core.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "agent/config/check.h"
#include "drivers/common/mbus_channels.h"
#include "drivers/common/mbus_records.h"
#include "drivers/llrp/llrp.h"
#include "drivers/wmbus/simulated.h"
#include "drivers/wmbus/wmbus.h"

namespace afferent::bench {
namespace {

class CountingSink final : public core::Sink {
 public:
  void reading(core::DeviceRef, core::Channel, core::Value, std::optional<core::Micros>, core::Quality) override {
    ++readings;
  }
  core::Channel declare(core::DeviceRef, const core::ChannelSpec&) override {
    return static_cast<core::Channel>(channels_++);
  }
  void reject(core::ByteView, std::string_view) override { ++rejects; }
  void heard(std::string_view, std::string_view) override {}
  void send(core::Outgoing) override {}
  void wake_in(core::Millis) override {}
  void done(core::Result<void>) override {}
  void reopen(std::string_view) override {}

  std::uint64_t readings = 0;
  std::uint64_t rejects = 0;

 private:
  std::uint16_t channels_ = 0;
};

core::DriverDevice device_of(const core::DriverSpec& spec, core::ConfigNode::Table options) {
  core::DriverDevice device;
  device.id = "any";
  config::check(core::ConfigNode(std::move(options), {}), spec.options, device.options);
  return device;
}

core::ConfigNode text(const char* value) { return {std::string(value), {}}; }

std::unique_ptr<core::Driver> driver_of(const core::DriverSpec& spec, const core::DriverDevice& device) {
  auto driver = spec.create({{device}});
  if (driver) return std::move(driver).value();
  std::fprintf(stderr, "%s\n", driver.error().message().c_str());
  std::abort();
}

void rate(benchmark::State& state, const char* name, std::uint64_t count) {
  state.counters[name] = benchmark::Counter(static_cast<double>(count), benchmark::Counter::kIsRate);
}

// Frames of one meter with an AES key (OMS security mode 5), each with another access number and total.
void wmbus_mode_5_telegrams(benchmark::State& state) {
  const core::DriverSpec& spec = drivers::wmbus::spec();
  core::DriverDevice device = device_of(spec, {{"address", text("12345678")}});
  std::get<core::ConfigNode::Table>(device.options.data())["key_file"] =
      core::ConfigNode(core::Secret{std::make_shared<const std::string>("000102030405060708090A0B0C0D0E0F")}, {});
  auto meter = drivers::wmbus::simulate(device);
  if (!meter) return state.SkipWithError(meter.error().message().c_str());
  std::vector<core::Bytes> telegrams;
  for (std::uint64_t number = 0; number < 200; ++number) {
    drivers::Truth now;
    drivers::Truth served;
    now.numbers = {{"volume", 1234.5 + static_cast<double>(number)}, {"flow", 0.4321}, {"meter_time", 1764237661}};
    telegrams.push_back((*meter)->push({number, {}}, now, served));
  }
  auto driver = driver_of(spec, device);
  CountingSink sink;
  core::WireEvent event;
  event.kind = core::WireEvent::Kind::received;
  std::uint64_t count = 0;
  for (auto step : state) {
    for (const core::Bytes& telegram : telegrams) {
      event.at.boot += core::Seconds{1};  // beyond the time within which a repeated telegram is passed over
      event.bytes = telegram;
      driver->on(event, sink);
    }
    count += telegrams.size();
  }
  if (sink.readings < count || sink.rejects != 0) state.SkipWithError("telegrams were not read");
  rate(state, "telegrams/s", count);
}
BENCHMARK(wmbus_mode_5_telegrams);

// A heat meter's answer, without its header, to readings of named channels.
void mbus_records(benchmark::State& state) {
  const auto payload = core::from_hex(
      "0C78563412000C06285709000C14504302000B2D0000000B3B0000000A5A41060A5E36050B61050100046D32371F15"
      "4C0600000000 4C1400000000CC100600000000CC101400000000 02FD1700000B26000400");
  if (!payload) return state.SkipWithError("the payload is not hexadecimal");
  drivers::mbus::Records records;
  drivers::mbus::ChannelBook book(core::DeviceRef{0});
  CountingSink sink;
  std::uint64_t count = 0;
  for (auto step : state) {
    records.clear();
    if (!drivers::mbus::read_records(*payload, records)) return state.SkipWithError("the payload is not records");
    book.records(records, sink);
    count += records.list.size();
  }
  if (sink.readings == 0) state.SkipWithError("no record was read");
  rate(state, "records/s", count);
}
BENCHMARK(mbus_records);

// RO_ACCESS_REPORTs of one tag each, in the chunks that a socket gives.
void llrp_tag_reports(benchmark::State& state) {
  const core::DriverSpec& spec = drivers::llrp::spec();
  auto driver = driver_of(spec, device_of(spec, {}));
  const auto report =
      core::from_hex("043d0000002c4095892f00f000228d3005fb63ac1f3841ec88046781000186ce820004ec2ea8354c09880001");
  if (!report) return state.SkipWithError("the report is not hexadecimal");
  constexpr std::size_t kReports = 1024;
  constexpr std::size_t kChunk = 4096;
  core::Bytes stream;
  for (std::size_t i = 0; i < kReports; ++i) stream.insert(stream.end(), report->begin(), report->end());
  CountingSink sink;
  core::WireEvent event;
  event.kind = core::WireEvent::Kind::opened;
  driver->on(event, sink);
  event.kind = core::WireEvent::Kind::received;
  std::uint64_t count = 0;
  for (auto step : state) {
    for (std::size_t at = 0; at < stream.size(); at += kChunk) {
      event.bytes = core::ByteView(stream).subspan(at, std::min(kChunk, stream.size() - at));
      driver->on(event, sink);
    }
    count += kReports;
  }
  if (sink.readings != 4 * count) state.SkipWithError("tag, antenna, rssi and count of each were not read");
  rate(state, "tags/s", count);
}
BENCHMARK(llrp_tag_reports);

}  // namespace
}  // namespace afferent::bench
