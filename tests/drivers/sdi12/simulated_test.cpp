#include "drivers/sdi12/simulated.h"

#include <doctest/doctest.h>

#include "tests/drivers/sdi12/bench.h"

namespace afferent::test::sdi12 {
namespace {

using drivers::Truth;

const Truth kTruth{{{"level", 1.23456}, {"temperature", -3.25}, {"battery", 12.6}, {"rain", 123456.7}}, {}};

std::string with(const std::string& measurements) {
  return R"(address = "4", identify = true, measurements = [)" + measurements +
         R"(], channels = [{ name = "level", scale = 0.01 }, { name = "temperature" }, { name = "rain", offset = 0.5 },
            { name = "spare" }, { name = "spare2" }, { name = "battery", quantity = "voltage" }])";
}

TEST_CASE("the driver reads from a simulated sensor exactly what was served") {
  for (const std::string measurements : {R"("M")", R"("MC")", R"("CC")", R"("R0")", R"("RC3")"}) {
    CAPTURE(measurements);
    auto device = drivers::sdi12::simulate(device_with(with(measurements)));
    REQUIRE(device.ok());
    Bench bench(with(measurements));
    Truth served;
    bench.turn();
    for (std::size_t at = 0; at < bench.sink.sent.size() && at < 20; ++at) {
      const core::Bytes answer = (*device)->answer(bench.sink.sent[at].bytes, kTruth, served);
      bench.receives(core::as_text(answer));
    }
    const bool one_page = measurements.find('R') != std::string::npos;  // the rest does not fit its one answer
    CHECK(bench.sink.done_count == 1);
    CHECK(bench.sink.done_error.empty());
    CHECK(bench.sink.rejects.empty());
    REQUIRE(bench.sink.readings.size() == (one_page ? 5 : 6));
    REQUIRE(served.numbers.size() == bench.sink.readings.size());
    for (const auto& reading : bench.sink.readings) {
      CHECK(served.numbers.at(bench.channel(reading).name) == reading.number);
    }
    CHECK(served.numbers.at("level") == doctest::Approx(1.23456));
    CHECK(bench.sink.heard_of.size() == 1);
  }
}

TEST_CASE("a simulated sensor is silent to others' commands, says its address and takes a new one") {
  auto device = drivers::sdi12::simulate(device_with(with(R"("M")")));
  REQUIRE(device.ok());
  Truth served;
  const auto says = [&](std::string_view request) {
    return std::string(core::as_text((*device)->answer(core::as_bytes(request), kTruth, served)));
  };
  CHECK(says("5M!").empty());
  CHECK(says("4+1\r\n").empty());
  CHECK(says("?!") == "4\r\n");
  CHECK(says("4!") == "4\r\n");
  CHECK(says("4A7!") == "7\r\n");
  CHECK(says("4M!").empty());
  CHECK(says("7M!") == "70006\r\n");
  CHECK(served.numbers.empty());
}

TEST_CASE("a simulated sensor needs an address and channels") {
  CHECK_FALSE(drivers::sdi12::simulate(device_with(R"(address = "1")")).ok());
  CHECK_FALSE(drivers::sdi12::simulate(device_with(R"(channels = [{ name = "level" }])")).ok());
}

}  // namespace
}  // namespace afferent::test::sdi12
