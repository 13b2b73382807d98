#include "drivers/sl651/simulated.h"

#include <doctest/doctest.h>

#include "tests/drivers/sl651/bench.h"

namespace afferent::test::sl651 {
namespace {

using drivers::Truth;
using drivers::sl651::SimulatedStation;

const std::string kOptions = R"(station = "12345678", password = "0A0B")";
const Truth kTruth{{{"level", -1.23456},
                    {"rain", 3.5},
                    {"flow", 1234.5},
                    {"pressure", 101.325},
                    {"voltage", 12.5},
                    {"rain_5min", 0.5},
                    {"flag_low_battery", 1},
                    {"flag_door_open", 0},
                    {"something else", 1}},
                   {}};

SimulatedStation station() {
  auto settings = drivers::sl651::settings_from(device_with(kOptions));
  REQUIRE(settings.ok());
  return SimulatedStation(*settings);
}

void check_served(const Bench& bench, const Truth& served) {
  CHECK(bench.sink.rejects.empty());
  REQUIRE(bench.sink.readings.size() == served.numbers.size());
  for (const auto& reading : bench.sink.readings) {
    const std::string& name = bench.sink.declared.at(core::index(reading.channel)).name;
    CAPTURE(name);
    CHECK(served.numbers.at(name) == reading.number);
  }
}

TEST_CASE("the driver reads from a simulated report exactly what was served, and the station takes its confirmation") {
  SimulatedStation simulated = station();
  Bench bench({kOptions});
  Truth served;
  bench.receives(simulated.push({0, bench.now.utc}, kTruth, served));
  CHECK(served.numbers.at("level") == -1.235);
  CHECK(served.numbers.at("flow") == doctest::Approx(1234.8));  // a thousandth of m3/s
  CHECK(served.numbers.size() == 6 + 12);
  check_served(bench, served);
  REQUIRE(bench.sink.sent.size() == 1);
  CHECK(simulated.answer(bench.sink.sent[0].bytes, kTruth, served).empty());
}

TEST_CASE("a simulated station answers questions for its values and its alarms") {
  for (const std::string verb : {"query", "status"}) {
    SimulatedStation simulated = station();
    Bench bench({kOptions});
    Truth served;
    bench.receives(simulated.push({0, bench.now.utc}, kTruth, served));
    bench.sink.clear();
    served = {};
    bench.driver->command({{}, verb, {}}, bench.sink);
    bench.happens(core::WireEvent::Kind::wake);
    bench.sink.declared.clear();
    Bench other({kOptions});
    other.receives(simulated.answer(bench.sink.sent.at(0).bytes, kTruth, served));
    CHECK(served.numbers.size() >= 12);
    check_served(other, served);
  }
}

TEST_CASE("a simulated station needs an address and is silent to others") {
  CHECK_FALSE(drivers::sl651::simulate(device_with("")).ok());
  auto device = drivers::sl651::simulate(device_with(R"(station = "87654321")"));
  REQUIRE(device.ok());
  Truth served;
  CHECK((*device)->answer(bytes_of("7E7E00123456780112343780080200001707180954 0405ABC8"), kTruth, served).empty());
  CHECK(served.numbers.empty());
}

}  // namespace
}  // namespace afferent::test::sl651
