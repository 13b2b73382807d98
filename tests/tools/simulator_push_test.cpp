// Devices that speak by themselves.
#include <doctest/doctest.h>

#include <set>
#include <string>

#include "tests/tools/simulator_rig.h"

namespace afferent::test {
namespace {

constexpr std::string_view kRadio = R"(
seed = 3
[[line]]
id = "radio"
kind = "pty"
link = "radio"
[[device]]
id = "flat-1"
line = "radio"
driver = "wmbus"
push = "16 s"
options = { address = "00000001", source = "im871a" }
channels = { volume = { kind = "counter", start = 10, rate = 3600 }, rssi = -80 }
[[device]]
id = "flat-2"
line = "radio"
driver = "wmbus"
push = "16 s"
options = { address = "00000002", source = "im871a" }
channels = { volume = 20, flag_low_battery = true }
[[device]]
id = "flat-3"
line = "radio"
driver = "wmbus"
options = { address = "00000003", source = "im871a" }
channels = { volume = 30 }
)";

TEST_CASE("what devices say by themselves is read by the driver, and is what the truth says") {
  StreetRig rig(kRadio);
  core::DriverConfig config;
  for (const auto& plan : rig.loaded.scenario.devices) config.devices.push_back(plan.setup);
  auto driver = rig.loaded.scenario.devices.front().driver->create(config).value();
  rig.timers.advance(160s);
  CHECK(rig.port.written.size() == 20);
  for (const core::Bytes& bytes : rig.port.written) {
    core::WireEvent event;
    event.kind = core::WireEvent::Kind::received;
    event.at = rig.clock.stamp;
    event.bytes = bytes;
    driver->on(event, rig.sink);
  }
  CHECK(rig.sink.rejects.empty());
  std::multiset<double> read;
  std::multiset<double> served;
  for (const auto& reading : rig.sink.readings) read.insert(reading.number);
  for (const auto& line : rig.truth) {
    if (line.contains("channel")) served.insert(std::stod(line.at("value")));
  }
  CHECK(rig.sink.readings.size() > 100);
  CHECK(read == served);
}

TEST_CASE("nobody is spoken to before somebody is there, and nothing is in the truth") {
  StreetRig rig(kRadio);
  rig.bus->port_closed(0, rig.clock.stamp, "unplugged");
  rig.timers.advance(60s);
  CHECK(rig.port.written.empty());
  CHECK(rig.truth.empty());
  rig.bus->port_opened(0, rig.clock.stamp);
  rig.timers.advance(16s);
  CHECK(rig.port.written.size() == 2);
}

TEST_CASE("faults strike what is said unasked") {
  StreetRig rig(std::string(kRadio) + "[[fault]]\nkind = \"crc\"\ndevice = \"flat-1\"\n");
  rig.timers.advance(32s);
  CHECK(rig.events("crc") == 2);
  for (const auto& line : rig.truth) CHECK_FALSE((line.contains("channel") && line.at("device") == "flat-1"));
}

}  // namespace
}  // namespace afferent::test
