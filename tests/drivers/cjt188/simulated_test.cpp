#include "drivers/cjt188/simulated.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <utility>

#include "tests/drivers/cjt188/meter.h"

namespace afferent::test::cjt188 {
namespace {

using drivers::SimulatedDevice;
using drivers::Truth;

std::unique_ptr<SimulatedDevice> simulated(std::string_view options) {
  auto device = drivers::cjt188::simulate(device_with(options));
  REQUIRE(device.ok());
  return std::move(*device);
}

// One exchange of the driver with the simulated meter; what it read against what was served.
void exchange(Meter& meter, SimulatedDevice& device, const Truth& now, Truth& served) {
  const core::Bytes answer = device.answer(meter.sink.sent.back().bytes, now, served);
  meter.receives(core::ByteView(answer));
}

void check_served(const Meter& meter, const Truth& served) {
  CHECK(meter.sink.readings.size() == served.numbers.size() + served.texts.size());
  for (const auto& reading : meter.sink.readings) {
    const std::string& name = meter.channel(reading).name;
    CAPTURE(name);
    if (reading.kind == core::Value::Kind::text)
      CHECK(served.texts.at(name) == reading.text);
    else
      CHECK(served.numbers.at(name) == reading.number);
  }
}

const Truth kWater{{{"volume", 1234.5678}, {"volume_due", 1200.001}, {"meter_time", 1'790'000'000.7}}, {}};
const Truth kHeat{{{"energy", 99.999},
                   {"energy_due", 50},
                   {"power", 1.234},
                   {"flow", 0.12345},
                   {"volume", 7.777},
                   {"supply_temperature", 66.666},
                   {"return_temperature", 40.004},
                   {"operating_time", 1234.4},
                   {"flag_low_battery", 1}},
                  {}};

TEST_CASE("the driver reads from a simulated meter exactly what was served") {
  const std::pair<std::string, const Truth*> meters[] = {
      {"address=78330011223344", &kWater},
      {"address=78330011223344,type=30,di_order=2018", &kWater},
      {"address=78330011223344,clock_order=reversed,unit_order=before", &kWater},
      {"address=78330011223344,status_valve_mask=C0,status_battery_mask=2000", &kWater},
      {"address=78330011223344,type=20", &kHeat},
      {"address=78330011223344,type=25,unit_order=before,flow_decimals=4", &kHeat}};
  for (const auto& [options, truth] : meters) {
    CAPTURE(options);
    const auto device = simulated(options);
    Meter meter(options);
    Truth served;
    meter.turn();
    exchange(meter, *device, *truth, served);
    CHECK(meter.sink.done_count == 1);
    CHECK(meter.sink.done_error.empty());
    CHECK(served.numbers.size() >= 4);
    check_served(meter, served);
  }
}

TEST_CASE("a simulated value is served at the resolution of the wire") {
  const auto device = simulated("address=78330011223344");
  Meter meter;
  Truth served;
  meter.turn();
  exchange(meter, *device, kWater, served);
  CHECK(served.numbers.at("volume") == 1234.57);
  CHECK(meter.read()[0] == "volume=1234.57 m3");
}

TEST_CASE("a simulated meter is silent to others' requests and to the byte order that it does not know") {
  const auto device = simulated("address=78330011223344,di_order=2018");
  Truth served;
  CHECK(device->answer(bytes_of(framed("6810112233445566770103 1F90 01")), kWater, served).empty());
  CHECK(device->answer(bytes_of(framed("6810443322110033780103 901F 01")), kWater, served).empty());
  CHECK(device->answer(bytes_of("0103020010B988"), kWater, served).empty());
  CHECK(served.numbers.empty());
  CHECK_FALSE(device->answer(bytes_of(framed("6810443322110033780103 1F90 01")), kWater, served).empty());
}

TEST_CASE("a simulated valve keeps its commanded position") {
  const auto device = simulated("address=78330011223344");
  Meter meter("address=78330011223344");
  Truth served;
  meter.commands("valve", {{"position", "close"}});
  exchange(meter, *device, kWater, served);
  CHECK(meter.sink.done_error.empty());
  CHECK(served.texts.at("valve") == "closed");
  meter.turn();
  exchange(meter, *device, kWater, served);
  const auto read = meter.read();
  CHECK(std::count(read.begin(), read.end(), "valve=closed") == 2);
}

TEST_CASE("a simulated meter says its address and refuses what it does not have") {
  const auto device = simulated("address=78330011223344");
  Meter meter;
  Truth served;
  meter.commands("search");
  exchange(meter, *device, kWater, served);
  REQUIRE(meter.sink.heard_of.size() == 1);
  CHECK(meter.sink.heard_of[0].first == "78330011223344");
  meter.commands("read", {{"di", "D120"}});
  exchange(meter, *device, kWater, served);
  CHECK(meter.sink.done_error.find("refused") != std::string::npos);
  CHECK(served.numbers.empty());
}

TEST_CASE("a simulated month is read where the truth has one") {
  const auto device = simulated("address=78330011223344");
  Meter meter;
  Truth served;
  meter.commands("read", {{"di", "D121"}});
  exchange(meter, *device, {{{"volume@2", 12.344}}, {}}, served);
  CHECK(meter.read() == std::vector<std::string>{"volume@2=12.34 m3"});
  CHECK(served.numbers.at("volume@2") == 12.34);
}

TEST_CASE("a simulated meter needs an address of its own") {
  const auto device = drivers::cjt188::simulate(device_with(""));
  REQUIRE_FALSE(device.ok());
  CHECK(device.error().code() == core::ErrorCode::bad_config);
}

}  // namespace
}  // namespace afferent::test::cjt188
