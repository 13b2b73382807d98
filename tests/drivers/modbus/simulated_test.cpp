// The simulated device and the driver understand each other, for every profile.
#include "drivers/modbus/simulated.h"

#include <cmath>
#include <filesystem>
#include <vector>

#include "tests/drivers/modbus/harness.h"

using namespace afferent;
using Kind = core::WireEvent::Kind;

namespace {

std::vector<std::string> profiles() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(AFFERENT_SOURCE "/drivers/modbus/profiles")) {
    if (entry.path().extension() == ".toml") names.push_back(entry.path().stem().string());
  }
  return names;
}

struct Pair {
  explicit Pair(const core::DriverDevice& device) : bench(device) {
    auto made = drivers::modbus::simulate(device);
    REQUIRE_MESSAGE(made.ok(), made.error().message());
    simulated = *std::move(made);
  }
  void poll(const drivers::Truth& truth) {
    bench.turn();
    for (std::size_t answered = 0; answered < bench.sink.sent.size() && bench.sink.done_count == 0; ++answered) {
      const core::Bytes question = bench.sink.sent.back().bytes;
      bench.event(Kind::received, simulated->answer(question, truth, served));
    }
  }

  test::Bench bench;
  std::unique_ptr<drivers::SimulatedDevice> simulated;
  drivers::Truth served;
};

// Something believable for each channel, with more digits than any device carries.
drivers::Truth truth_for(const core::Driver& driver) {
  drivers::Truth truth;
  double next = 1.23456789;
  for (const core::ChannelSpec& channel : driver.channels({})) {
    if (core::kind_of(channel.quantity) == core::Value::Kind::boolean) {
      truth.numbers[channel.name] = static_cast<int>(next * 3) % 2;
    } else if (channel.name != "level" || truth.numbers.find("distance") == truth.numbers.end()) {
      truth.numbers[channel.name] = next;
    }
    next += 0.111;
  }
  return truth;
}

}  // namespace

TEST_CASE(
    "each profile: what the simulated device serves is what the driver reads, and is the truth but for its digits") {
  REQUIRE(profiles().size() >= 12);
  for (const std::string& profile : profiles()) {
    for (const std::string framing : {"rtu", "tcp"}) {
      CAPTURE(profile);
      CAPTURE(framing);
      Pair pair(test::device_of("unit = 5\nframing = \"" + framing + "\"", profile));
      drivers::Truth truth = truth_for(*pair.bench.driver);
      if (profile == "qdy30a") truth.numbers.erase("pressure");  // it is set to one of the two
      pair.poll(truth);
      CHECK(pair.bench.sink.done_count == 1);
      CHECK(pair.bench.sink.done_error.empty());
      CHECK(pair.bench.sink.rejects.empty());
      REQUIRE(pair.bench.sink.readings.size() == truth.numbers.size());
      for (const auto& read : pair.bench.sink.readings) {
        const std::string& name = pair.bench.driver->channels({})[core::index(read.channel)].name;
        CAPTURE(name);
        CHECK(read.number == pair.served.numbers.at(name));
        const double coarsest = name == "temperature" || name == "signal_quality" ? 0.5 : 0.006;
        CHECK(std::fabs(read.number - truth.numbers.at(name)) <= coarsest);
      }
    }
  }
}

TEST_CASE("a simulated sensor that looks down serves the distance that belongs to a level") {
  Pair pair(test::device_of("unit = 5\nmounting_height = 3.5", "dfrobot_sen0519"));
  pair.poll({{{"level", 0.4}}, {}});
  CHECK(pair.bench.said() == "distance=3.1 m, level=0.4 m, temperature=0 degC");
  CHECK(pair.served.numbers.at("level") == 0.4);
}

TEST_CASE("without truth a simulated device says that it has no value") {
  Pair pair(test::device_of("unit = 5", "dfrobot_sen0358"));
  pair.poll({{{"temperature", 21.5}}, {}});
  CHECK(pair.bench.said() == "temperature=21.5 degC");
  CHECK(pair.served.numbers.count("distance") == 0);
}

TEST_CASE("texts, flags, BCD, codes and 64 bits survive the way") {
  const std::string profile = R"(product = "all kinds"
order = "CDAB"
max_gap = 20
[[register]]
channel = "valve"
address = 0
values = [{ raw = 1, text = "open" }, { raw = 2, text = "closed" }]
[[register]]
channel = "serial"
quantity = "text"
address = 1
type = "text"
length = 4
[[register]]
channel = "flag_leak"
address = 6
type = "bit"
bit = 3
[[register]]
channel = "flag_dry"
address = 6
type = "bit"
bit = 9
invert = true
[[register]]
channel = "digits"
address = 7
type = "bcd32"
scale = 0.01
[[register]]
channel = "big"
address = 9
type = "s64"
[[register]]
channel = "part"
address = 13
mask = 0x0FF0
[[register]]
channel = "magnitude"
address = 14
type = "sign_magnitude32"
scale = 0.001
)";
  Pair pair(test::device_of("unit = 5", profile));
  pair.poll({{{"flag_leak", 1},
              {"flag_dry", 0},
              {"digits", 123456.78},
              {"big", -4294967297.0},
              {"part", 200},
              {"magnitude", -1.5}},
             {{"valve", "closed"}, {"serial", "AB12x"}}});
  CHECK(pair.bench.said() ==
        "valve=closed, serial=AB12x, flag_leak=true, flag_dry=false, digits=123456.78, big=-4294967297, part=200, "
        "magnitude=-1.5");
}

TEST_CASE("a simulated device answers only for itself, and refuses what it does not have") {
  Pair pair(test::device_of("unit = 5", "dfrobot_sen0310"));
  const auto answer = [&pair](core::Bytes request) { return pair.simulated->answer(request, {}, pair.served); };
  const auto exception = [](std::uint8_t function, std::uint8_t code) { return test::with_crc({5, function, code}); };
  CHECK(answer(test::with_crc({6, 3, 0, 5, 0, 1})).empty());  // another unit
  core::Bytes damaged = test::with_crc({5, 3, 0, 5, 0, 1});
  damaged.back() ^= 1;
  CHECK(answer(damaged).empty());
  CHECK(answer({}).empty());
  CHECK(answer(test::with_crc({5, 3, 0, 4, 0, 1})) == exception(0x83, 2));  // no such register
  CHECK(answer(test::with_crc({5, 3, 0, 5, 0, 3})) == exception(0x83, 2));  // reaches beyond
  CHECK(answer(test::with_crc({5, 4, 0, 5, 0, 1})) == exception(0x84, 2));  // other function
  CHECK(answer(test::with_crc({5, 3, 0, 5, 0, 0})) == exception(0x83, 3));  // no registers
  CHECK(answer(test::with_crc({5, 6, 0, 5, 0, 1})) == exception(0x86, 1));
  CHECK(answer(test::with_crc({5, 0x11})) == exception(0x91, 1));
  CHECK(answer(test::with_crc({5, 3, 0, 5, 0, 1})).size() == 7);
}
