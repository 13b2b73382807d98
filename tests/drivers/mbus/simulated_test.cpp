#include "drivers/mbus/simulated.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "drivers/mbus/link.h"
#include "tests/drivers/mbus/meter.h"

namespace afferent::test::mbus {
namespace {

using drivers::Truth;

const Truth kWater{{{"volume", 1234.5678}, {"flow", 0.12345}, {"meter_time", 1'790'000'042.7}}, {}};
const Truth kMuch{{{"volume", 1234.5678},
                   {"volume@1", 1000},
                   {"volume_reverse", 0.5},
                   {"volume#1", 77.7},
                   {"energy", 99.99},
                   {"energy@1", 50},
                   {"flow", 0.12345},
                   {"power", 1.2345},
                   {"supply_temperature", 66.666},
                   {"return_temperature", 40.004},
                   {"temperature", -12.345},
                   {"humidity", 55.55},
                   {"pressure", 101.33},
                   {"voltage", 229.94},
                   {"current", 1.2345},
                   {"operating_time", 1234.4},
                   {"battery_time_left", 2400},
                   {"error_flags", 4},
                   {"meter_date@1", 1'788'000'000},
                   {"meter_time", 1'790'000'042.7},
                   {"flag_low_battery", 1},
                   {"flag_alarm", 1}},
                  {}};

void check_served(const Meter& meter, const Truth& served) {
  CHECK(meter.sink.readings.size() == served.numbers.size());
  for (const auto& reading : meter.sink.readings) {
    const std::string& name = meter.channel(reading).name;
    CAPTURE(name);
    REQUIRE(served.numbers.contains(name));
    CHECK(served.numbers.at(name) == reading.number);
  }
}

TEST_CASE("a simulated slave names all channels that it can show, as the driver declares them") {
  const auto slave = simulated("address=5");
  const auto named = slave->channels();
  for (const auto& [channel, value] : kMuch.numbers) {
    CAPTURE(channel);
    CHECK(std::any_of(named.begin(), named.end(), [&](const auto& spec) { return spec.name == channel; }));
  }
}

TEST_CASE("the driver reads from a simulated slave exactly what was served") {
  const std::vector<std::pair<std::string, std::string>> pairs{
      {"address=5", "address=5"},
      {"address=5", ""},
      {"address=5,secondary=12345678", "secondary=12345678"},
      {"secondary=12345678,maker=ELS,version=33,medium=03", "secondary=12345678,maker=ELS,version=33,medium=03"},
      {"secondary=12345678", "secondary=123FFFFF"},
  };
  for (const auto& [slave_options, options] : pairs) {
    for (const Truth* truth : {&kWater, &kMuch}) {
      CAPTURE(options);
      const auto slave = simulated(slave_options);
      Meter meter(options);
      for (int turn = 0; turn < 3; ++turn) {
        Truth served;
        meter.sink.readings.clear();
        meter.turn();
        converse(meter, {slave.get()}, *truth, served);
        CHECK(meter.sink.done_error.empty());
        CHECK(served.numbers.size() >= 9);
        check_served(meter, served);
      }
      CHECK(meter.sink.rejects.empty());
    }
  }
}

TEST_CASE("a simulated value is served at the resolution of the wire") {
  const auto slave = simulated("address=5");
  Meter meter("address=5");
  Truth served;
  meter.turn();
  converse(meter, {slave.get()}, kMuch, served);
  CHECK(served.numbers.at("volume") == 1234.568);
  CHECK(meter.value_of("volume") == "1234.568 m3");
  CHECK(meter.value_of("temperature") == "-12.35 degC");
  CHECK(meter.value_of("flag_low_battery") == "true");
  CHECK(meter.value_of("flag_alarm") == "true");
  CHECK(meter.value_of("flag_busy") == "false");
}

TEST_CASE("a simulated slave repeats its telegram for the same frame count bit and goes on for a new one") {
  const auto slave = simulated("address=5");
  Truth served;
  const auto ask = [&](std::uint8_t control) {
    return core::to_hex(slave->answer(drivers::mbus::encode_fixed(control, 5), kMuch, served));
  };
  CHECK(ask(0x40) == "E5");
  const std::string first = ask(0x7B);
  CHECK(ask(0x7B) == first);
  const std::string second = ask(0x5B);
  CHECK(second != first);
  CHECK(ask(0x5B) == second);
  CHECK(ask(0x40) == "E5");
  const std::string again = ask(0x7B);
  CHECK(again.substr(38, 20) == first.substr(38, 20));  // the records of the first telegram
}

TEST_CASE("a simulated slave answers only whom it should") {
  const auto slave = simulated("address=5,secondary=12345678");
  Truth served;
  const auto ask = [&](const core::Bytes& request) { return slave->answer(request, kWater, served); };
  using drivers::mbus::encode_fixed;
  CHECK(ask(encode_fixed(0x7B, 6)).empty());
  CHECK(ask(encode_fixed(0x7B, 0xFD)).empty());
  CHECK(ask(bytes_of("680B0B6853FD5278563412FFFFFFFFFF16")).empty());  // wrong sum
  CHECK(ask(drivers::mbus::encode_variable(0x53, 0xFD, bytes_of("5278563412FFFFFFFF"))) == core::Bytes{0xE5});
  CHECK_FALSE(ask(encode_fixed(0x7B, 0xFD)).empty());
  CHECK(ask(drivers::mbus::encode_variable(0x53, 0xFD, bytes_of("5279563412FFFFFFFF"))).empty());
  CHECK(ask(encode_fixed(0x7B, 0xFD)).empty());
  CHECK_FALSE(ask(encode_fixed(0x7B, 0xFE)).empty());
  CHECK(ask(encode_fixed(0x40, 0xFF)).empty());
}

TEST_CASE("a slave whose answers are lost on the way is read without a telegram missing") {
  const auto slave = simulated("address=5");
  Meter meter("address=5");
  Truth served;
  meter.turn();
  std::size_t at = 0;
  while (meter.sink.done_count == 0 && at < 20) {
    const core::Bytes request = meter.sink.sent[at++].bytes;
    static_cast<void>(slave->answer(request, kMuch, served));  // lost
    meter.receives(core::ByteView(slave->answer(request, kMuch, served)));
  }
  CHECK(meter.sink.done_error.empty());
  CHECK(meter.values().size() == 20);
}

TEST_CASE("a simulated slave needs an address") {
  for (const char* options : {"", "secondary=1234567F"}) {
    const auto slave = drivers::mbus::simulate(device_with(options));
    REQUIRE_FALSE(slave.ok());
    CHECK(slave.error().code() == core::ErrorCode::bad_config);
  }
}

}  // namespace
}  // namespace afferent::test::mbus
