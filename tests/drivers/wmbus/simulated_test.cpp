#include "drivers/wmbus/simulated.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/drivers/wmbus/rig.h"

namespace afferent::test::wmbus {
namespace {

using drivers::SimulatedDevice;
using drivers::Truth;

constexpr std::string_view kKey = "000102030405060708090A0B0C0D0E0F";

Truth truth() {
  Truth now;
  now.numbers = {{"volume", 1234.5678},         {"flow", 0.4321}, {"meter_time", 1764237661},
                 {"supply_temperature", -3.14}, {"rssi", -81.2},  {"flag_low_battery", 1}};
  return now;
}

// What the driver reads is what the meter says that it has served, flags included.
void check_served(const Rig& rig, const Truth& served) {
  CHECK(rig.sink.readings.size() == served.numbers.size());
  for (const auto& reading : rig.sink.readings) {
    const std::string& name = rig.sink.declared.at(core::index(reading.channel)).name;
    CAPTURE(name);
    REQUIRE(served.numbers.contains(name));
    CHECK(served.numbers.at(name) == reading.number);
  }
}

TEST_CASE("the driver reads what a simulated meter serves, by each dongle, plain and encrypted") {
  for (const char* source : {"raw", "raw_t", "im871a", "amb8465", "cul", "rtl_wmbus"}) {
    for (const std::string& key : {std::string(), ",key=" + std::string(kKey)}) {
      CAPTURE(source);
      CAPTURE(key);
      const core::DriverDevice device = device_with("address=12345678,source=" + std::string(source) + key);
      auto meter = drivers::wmbus::simulate(device);
      REQUIRE(meter.ok());
      Rig rig({device});
      for (std::uint64_t number = 0; number < 300; number += 77) {
        Truth served;
        rig.sink.readings.clear();
        rig.receives(core::ByteView((*meter)->push({number, {}}, truth(), served)));
        CHECK_MESSAGE(rig.sink.rejects.empty(), rig.why());
        check_served(rig, served);
        CHECK(served.numbers.at("volume") == 1234.568);
        CHECK(served.numbers.at("flag_low_battery") == 1);
      }
    }
  }
}

TEST_CASE("a simulated meter says who it is") {
  auto meter = drivers::wmbus::simulate(device_with("address=87654321,maker=KAM,type=16,version=1B"));
  REQUIRE(meter.ok());
  Rig rig({device_with("address=00000001")});
  Truth served;
  rig.receives(core::ByteView((*meter)->push({0, {}}, truth(), served)));
  REQUIRE(rig.sink.heard_of.size() == 1);
  CHECK(rig.sink.heard_of[0].first == "87654321");
  CHECK(rig.sink.heard_of[0].second == "KAM cold water, type 16, version 1B");
}

TEST_CASE("a simulated meter shows all its channels at once, and nothing that it has not") {
  auto meter = drivers::wmbus::simulate(device_with("address=12345678,key=" + std::string(kKey)));
  REQUIRE(meter.ok());
  Truth now;
  for (const core::ChannelSpec& channel : (*meter)->channels()) now.numbers[channel.name] = 1;
  now.numbers["pressure"] = 5;
  Truth served;
  Rig rig({device_with("address=12345678,key=" + std::string(kKey))});
  rig.receives(core::ByteView((*meter)->push({0, {}}, now, served)));
  CHECK_MESSAGE(rig.sink.rejects.empty(), rig.why());
  check_served(rig, served);
  CHECK_FALSE(served.numbers.contains("pressure"));
}

TEST_CASE("a simulated meter needs an address and answers nobody") {
  CHECK_FALSE(drivers::wmbus::simulate(device_with("maker=KAM")).ok());
  auto meter = drivers::wmbus::simulate(device_with("address=12345678"));
  REQUIRE(meter.ok());
  Truth served;
  CHECK((*meter)->answer(bytes_of("105B015C16"), truth(), served).empty());
  CHECK(served.numbers.empty());
}

}  // namespace
}  // namespace afferent::test::wmbus
