#include <doctest/doctest.h>

#include <algorithm>

#include "tests/tools/simulator_rig.h"

using namespace afferent;
using test::StreetRig;
using namespace std::chrono_literals;

namespace {

const std::string kStreet = R"(
seed = 7
[[line]]
id = "bus"
kind = "pty"

[[device]]
id = "meter"
line = "bus"
driver = "cjt188"
options = { address = "78330011223344" }
[device.channels]
volume = { kind = "counter", start = 12.34, rate = 3600 }
volume_due = 10.5
valve = "open"
meter_time = { kind = "clock" }

[[device]]
id = "level"
line = "bus"
driver = "modbus"
profile = "dfrobot_sen0519"
options = { unit = 5, mounting_height = 4.0 }
[device.channels]
level = { kind = "storm", points = [[0, 0.123], [10, 1.123]] }
temperature = 20.4
)";

const std::string kTcp = R"(
[[line]]
id = "cabinet"
kind = "tcp"
framing = "modbus_tcp"

[[device]]
id = "level"
line = "cabinet"
driver = "modbus"
profile = "dfrobot_sen0519"
options = { unit = 5, mounting_height = 4.0 }
[device.channels]
level = 0.5
)";

std::string with_fault(const std::string& fault) { return kStreet + "\n[[fault]]\n" + fault; }

constexpr std::size_t kMeter = 0;
constexpr std::size_t kLevel = 1;
const core::Bytes kAskLevel{0x05, 0x03, 0x00, 0x05, 0x00, 0x02, 0xD5, 0x8E};

}  // namespace

TEST_CASE("what the drivers read is what the truth says was served") {
  StreetRig rig(kStreet);
  for (const std::size_t device : {kMeter, kLevel, kMeter, kLevel}) {
    const std::size_t from = rig.truth.size();
    CHECK(rig.poll(device));
    CHECK(rig.truth.size() > from);
    rig.check_readings(from);
    rig.timers.advance(3s);
  }
}

TEST_CASE("each value that a poll has served is read exactly once, also where registers tell the unit") {
  StreetRig rig(R"(
[[line]]
id = "bus"
kind = "pty"
[[device]]
id = "gully"
line = "bus"
driver = "modbus"
profile = "qdy30a"
options = { unit = 6 }
channels = { level = 0.378 }
)");
  CHECK(rig.poll());
  CHECK(rig.sink.readings.size() == 1);
  CHECK(rig.served() == 1);
  CHECK(rig.sink.sent.size() == 1);
}

TEST_CASE("values follow scenario time, and the log carries boot time") {
  StreetRig rig(kStreet);
  rig.timers.advance(5s - 5ms);  // the pause after the request ends at 5 s
  CHECK(rig.poll(kLevel));
  bool found = false;
  for (const test::TruthLine& line : rig.truth) {
    if (line.at("channel") != "level") continue;
    found = true;
    CHECK(line.at("value") == "0.623");
    CHECK(line.at("boot_ms") == "6000");  // the fake machine was up for 1 s
    CHECK(line.at("device") == "level");
  }
  CHECK(found);
}

TEST_CASE("a request may come in any chunks, and is answered once") {
  for (const std::size_t chunk : {1u, 2u, 3u, 7u, 8u}) {
    CAPTURE(chunk);
    StreetRig rig(kStreet);
    const core::Bytes whole = rig.ask(kAskLevel);
    REQUIRE(whole.size() == 9);
    CHECK(rig.ask(kAskLevel, chunk, 1ms).size() == 9);
    CHECK(rig.ask(kAskLevel, chunk, 8ms).size() == 9);  // pieces further apart than the pause
    CHECK(rig.poll(kMeter, chunk));
  }
}

TEST_CASE("a request for nobody here is not answered and does not spoil the next") {
  StreetRig rig(kStreet);
  const core::Bytes stranger{0x09, 0x03, 0x00, 0x05, 0x00, 0x02, 0xD5, 0x42};
  CHECK(rig.ask(stranger).empty());
  CHECK(rig.ask(kAskLevel).size() == 9);
}

TEST_CASE("requests over Modbus TCP end where their header says, in any chunks") {
  for (const std::size_t chunk : {1u, 5u, 12u, 24u}) {
    CAPTURE(chunk);
    StreetRig rig(kTcp);
    core::Bytes two = *core::from_hex("0001 0000 0006 05 03 0005 0001");
    const core::Bytes second = *core::from_hex("0002 0000 0006 05 03 0005 0001");
    two.insert(two.end(), second.begin(), second.end());
    const core::Bytes answers = rig.ask(two, chunk, 20ms);
    CHECK(core::to_hex(answers) == "0001000000050503020DAC0002000000050503020DAC");
    const std::size_t from = rig.truth.size();
    CHECK(rig.poll());
    rig.check_readings(from);
  }
}

TEST_CASE("a connection without a header of Modbus TCP is closed") {
  StreetRig rig(kTcp);
  CHECK(rig.ask(*core::from_hex("0001 1234 0006 05 03 0005 0001")).empty());
  CHECK(rig.port.reopened.size() == 1);
}

TEST_CASE("a wrong checksum is refused by the driver and not in the truth") {
  for (const std::size_t device : {kMeter, kLevel}) {
    StreetRig rig(with_fault("kind = \"crc\"\nline = \"bus\""));
    for (int i = 0; i < 20; ++i) {
      CHECK_FALSE(rig.poll(device));
      CHECK(rig.sink.readings.empty());
      CHECK_FALSE(rig.sink.rejects.empty());
    }
    CHECK(rig.served() == 0);
    CHECK(rig.events("crc") >= 20);
  }
}

TEST_CASE("an answer that lost bytes is read by nobody and not in the truth") {
  for (const std::size_t device : {kMeter, kLevel}) {
    StreetRig rig(with_fault("kind = \"lost\"\nline = \"bus\"\nbytes = 2"));
    for (int i = 0; i < 50; ++i) {
      rig.drivers.clear();  // what one answer lacks is not made up for by the next
      CHECK_FALSE(rig.poll(device));
      CHECK(rig.sink.readings.empty());
    }
    CHECK(rig.served() == 0);
    CHECK(rig.events("lost") >= 50);
  }
}

TEST_CASE("noise stands in front of an answer that is whole and served") {
  StreetRig clean(kStreet);
  StreetRig rig(with_fault("kind = \"noise\"\ndevice = \"level\"\nbytes = 4"));
  const core::Bytes whole = clean.ask(kAskLevel);
  for (int i = 0; i < 20; ++i) {
    const core::Bytes answer = rig.ask(kAskLevel);
    REQUIRE(answer.size() > whole.size());
    REQUIRE(answer.size() <= whole.size() + 4);
  }
  CHECK(rig.events("noise") == 20);
  CHECK(rig.served() > 0);
  CHECK(rig.poll(kMeter));  // the other device is spared
  CHECK(rig.events("noise") == 20);
}

TEST_CASE("silence holds from and to its times") {
  StreetRig rig(with_fault("kind = \"silence\"\ndevice = \"level\"\nfrom = 10\nto = 20"));
  CHECK_FALSE(rig.ask(kAskLevel).empty());
  rig.timers.advance(10s);
  CHECK(rig.ask(kAskLevel).empty());
  CHECK(rig.poll(kMeter));
  CHECK(rig.events("silence") == 1);
  rig.timers.advance(10s);
  CHECK_FALSE(rig.ask(kAskLevel).empty());
}

TEST_CASE("time windows follow the scenario's speed") {
  StreetRig rig("speed = 100\n" + with_fault("kind = \"silence\"\ndevice = \"level\"\nfrom = 1000\nto = 2000"));
  CHECK_FALSE(rig.ask(kAskLevel).empty());
  rig.timers.advance(10s);
  CHECK(rig.ask(kAskLevel).empty());
  rig.timers.advance(10s);
  CHECK_FALSE(rig.ask(kAskLevel).empty());
}

TEST_CASE("a probability strikes its share of the answers, the same ones for the same seed") {
  const std::string text = with_fault("kind = \"silence\"\nline = \"bus\"\nprobability = 0.25");
  const auto pattern = [&] {
    StreetRig rig(text);
    std::string struck;
    for (int i = 0; i < 400; ++i) struck += rig.ask(kAskLevel).empty() ? 'x' : '.';
    return struck;
  };
  const std::string first = pattern();
  const auto share = std::count(first.begin(), first.end(), 'x');
  CHECK(share > 60);
  CHECK(share < 140);
  CHECK(pattern() == first);
}

TEST_CASE("a delayed answer comes later, and is in the truth when it does") {
  StreetRig rig(with_fault("kind = \"delay\"\ndevice = \"level\"\ndelay = \"2 s\""));
  CHECK(rig.ask(kAskLevel).empty());
  CHECK(rig.served() == 0);
  rig.timers.advance(1900ms);
  CHECK(rig.port.written.empty());
  rig.timers.advance(100ms);
  REQUIRE(rig.port.written.size() == 1);
  CHECK(rig.port.written[0].size() == 9);
  REQUIRE(rig.served() > 0);
  CHECK(rig.truth.back().at("boot_ms") == "3005");
}

TEST_CASE("an echo comes back in front of the answer") {
  StreetRig rig(with_fault("kind = \"echo\"\nline = \"bus\""));
  const core::Bytes heard = rig.ask(kAskLevel);
  REQUIRE(heard.size() == kAskLevel.size() + 9);
  CHECK(std::equal(kAskLevel.begin(), kAskLevel.end(), heard.begin()));
  CHECK(rig.events("echo") == 1);
}

TEST_CASE("a foreign master speaks unasked, with all its frames, within its time") {
  StreetRig rig(
      with_fault("kind = \"foreign\"\nline = \"bus\"\nevery = \"1 s\"\nto = 5\nframes = [\"01 02\", \"0304 05\"]"));
  rig.timers.advance(10s);
  REQUIRE(rig.port.written.size() >= 8);
  CHECK(rig.port.written.size() <= 14);
  CHECK(core::to_hex(rig.port.written[0]) == "0102");
  CHECK(core::to_hex(rig.port.written[1]) == "030405");
  CHECK(rig.events("foreign") == rig.port.written.size());
  CHECK(rig.served() == 0);
}

TEST_CASE("noise with a period comes unasked") {
  StreetRig rig(with_fault("kind = \"noise\"\nline = \"bus\"\nevery = \"1 s\"\nbytes = 3"));
  rig.timers.advance(10s);
  CHECK(rig.port.written.size() >= 9);
  CHECK(rig.events("noise") == rig.port.written.size());
  CHECK(rig.ask(kAskLevel).size() == 9);  // answers are spared
}

TEST_CASE("two devices that answer at once spoil each other") {
  std::string text = kStreet;
  text +=
      "\n[[device]]\nid = \"twin\"\nline = \"bus\"\ndriver = \"modbus\"\nprofile = \"dfrobot_sen0519\"\n"
      "options = { unit = 5 }\n[device.channels]\ndistance = 3.333\n";
  StreetRig rig(text);
  CHECK(rig.ask(kAskLevel).size() == 9);
  CHECK(rig.events("collision") == 2);
  CHECK(rig.served() == 0);
}

TEST_CASE("after the end nothing is sent, and nothing that was not sent is in the truth") {
  StreetRig rig(with_fault("kind = \"delay\"\ndevice = \"level\"\ndelay = \"2 s\""));
  CHECK(rig.ask(kAskLevel).empty());
  rig.bus->quiet();
  rig.timers.advance(5s);
  CHECK(rig.port.written.empty());
  CHECK(rig.served() == 0);
  CHECK(rig.events("unsent") == 1);
}

TEST_CASE("a line that is unplugged forgets what was on its way") {
  StreetRig rig(with_fault("kind = \"delay\"\ndevice = \"level\"\ndelay = \"2 s\""));
  rig.port.says(rig.clock.stamp, kAskLevel);
  rig.bus->detach();
  rig.timers.advance(5s);
  CHECK(rig.port.written.empty());
  CHECK(rig.timers.waiting() == 0);
}
