#include <doctest/doctest.h>

#include "drivers/sdi12/sdi12.h"
#include "tests/drivers/sdi12/bench.h"
#include "tests/support/frame_table.h"

namespace afferent::test::sdi12 {
namespace {

const std::string kPlain = R"(address = "0", identify = false)";
using Lines = std::vector<std::string>;

TEST_CASE("the sensor is identified once, then measured: the line is free until the values are there") {
  Bench bench(R"(address = "0")");
  bench.turn();
  CHECK(bench.last_sent() == "0I!");
  CHECK(bench.sink.sent[0].line_break >= core::Millis(12));
  bench.receives("013COMPANY1MODEL_123x\r\n");
  CHECK(bench.last_sent() == "0M!");
  bench.receives("00302\r\n");
  CHECK(bench.sink.done_count == 1);
  CHECK(bench.sink.done_error.empty());
  REQUIRE(bench.sink.wakes.size() == 1);
  CHECK(bench.sink.wakes[0] >= core::Millis(30'000));
  CHECK(bench.sink.wakes[0] < core::Millis(31'000));
  bench.wakes();
  CHECK(bench.last_sent() == "0D0!");
  bench.receives("0+1.5-2\r\n");
  CHECK(bench.sink.done_count == 2);
  CHECK(bench.read() == Lines{"value1=1.5", "value2=-2", "heard: 0, SDI-12 1.3, COMPANY1 MODEL_ 123, x"});
  bench.turn();
  CHECK(bench.last_sent() == "0M!");
}

TEST_CASE("a service request fetches the values at once") {
  Bench bench(kPlain);
  bench.turn();
  bench.receives("00301\r\n");
  bench.overhears("1\r\n");
  CHECK(bench.sink.wakes.size() == 1);
  bench.overhears("0\r\n");
  REQUIRE(bench.sink.wakes.size() == 2);
  CHECK(bench.sink.wakes[1] == core::Millis(1));
  bench.wakes();
  CHECK(bench.last_sent() == "0D0!");
}

TEST_CASE("a turn while the sensor measures does not disturb it; one behind it fetches the values") {
  Bench bench(kPlain);
  bench.turn();
  bench.receives("00301\r\n");
  bench.now.boot += std::chrono::seconds(10);
  bench.turn();
  CHECK(bench.sink.sent.size() == 1);
  CHECK(bench.sink.done_count == 2);
  bench.now.boot += std::chrono::seconds(21);
  bench.turn();
  CHECK(bench.last_sent() == "0D0!");
}

TEST_CASE("values are asked for until all that were announced are there") {
  Bench bench(R"(address = "b", identify = false, measurements = ["CC1"])");
  bench.turn();
  CHECK(bench.last_sent() == "bCC1!");
  bench.receives("b00013\r\n");
  CHECK(bench.last_sent() == "bD0!");
  bench.receives("b\r\nb+1+2+3+4+5\r\n");  // neither has the CRC that was asked for
  CHECK(bench.sink.rejects.size() == 2);
  CHECK(bench.read().empty());
  CHECK(bench.sink.done_count == 0);
  bench.times_out();
  CHECK(bench.sink.done_error == "no answer to bD0!");
}

TEST_CASE("thirteen values in three answers") {
  Bench bench(R"(address = "b", identify = false, measurements = ["C"])");
  bench.turn();
  bench.receives("b00013\r\n");
  bench.receives("b+1+2+3+4+5\r\n");
  CHECK(bench.last_sent() == "bD1!");
  bench.receives("b+6+7+8+9+10+11+12\r\n");
  CHECK(bench.last_sent() == "bD2!");
  bench.receives("b+13\r\n");
  CHECK(bench.read().size() == 13);
  CHECK(bench.read().back() == "value13=13");
  CHECK(bench.sink.done_count == 1);
  CHECK(bench.sink.done_error.empty());
}

TEST_CASE("a measurement that was broken off is an error, not silence") {
  Bench bench(kPlain);
  bench.turn();
  bench.receives("00002\r\n");
  bench.receives("0\r\n");
  CHECK(bench.sink.done_error == "measurement M gave 0 of 2 values");
}

TEST_CASE("several measurements follow each other; one without values is passed over") {
  Bench bench(R"(address = "0", identify = false, measurements = ["M", "M1", "R0", "V"])");
  bench.turn();
  bench.receives("00001\r\n");
  bench.receives("0+1\r\n");
  CHECK(bench.last_sent() == "0M1!");
  bench.receives("00000\r\n");
  CHECK(bench.last_sent() == "0R0!");
  bench.receives("0+7+8\r\n");
  CHECK(bench.last_sent() == "0V!");
  bench.receives("00001\r\n");
  bench.receives("0+0\r\n");
  CHECK(bench.read() == Lines{"value1=1", "r0_value1=7", "r0_value2=8", "v_value1=0"});
  CHECK(bench.sink.done_count == 1);
}

TEST_CASE("echoes, other sensors and chatter are no answers") {
  Bench bench(kPlain);
  bench.turn();
  bench.receives("0M!");
  bench.receives("10005\r\n1+3\r\n");
  CHECK(bench.sink.done_count == 0);
  CHECK(bench.sink.rejects.empty());
  bench.receives("0hello\r\n");
  CHECK(bench.sink.rejects.size() == 1);
  bench.receives("00001\r\n");
  CHECK(bench.last_sent() == "0D0!");
}

TEST_CASE("a sensor that does not answer is named; one that cannot be identified is measured the next time") {
  Bench bench(R"(address = "7")");
  bench.turn();
  bench.receives("7+");
  bench.times_out();
  CHECK(bench.sink.done_error == "no answer to 7I!");
  CHECK(bench.sink.rejects.size() == 1);
  bench.turn();
  CHECK(bench.last_sent() == "7M!");
  bench.happens(core::WireEvent::Kind::closed);
  bench.happens(core::WireEvent::Kind::opened);
  bench.turn();
  CHECK(bench.last_sent() == "7I!");
}

TEST_CASE("no break is asked of a line that has none") {
  core::DriverDevice device = device_with(kPlain);
  device.medium = core::Port::Medium::stream;
  auto driver = drivers::sdi12::spec().create({{device}});
  REQUIRE(driver.ok());
  RecordingSink sink;
  core::WireEvent event;
  (*driver)->on(event, sink);
  REQUIRE(sink.sent.size() == 1);
  CHECK(sink.sent[0].line_break == core::Millis(0));
}

TEST_CASE("an operator's commands and their answers") {
  Bench bench(kPlain);
  const std::pair<std::map<std::string, std::string>, Lines> commands[] = {
      {{{"verb", "alive"}}, {"0!", "0\r\n", "heard: 0, 0"}},
      {{{"verb", "identify"}}, {"0I!", "014COMPANY MODEL 1.0\r\n", "heard: 0, SDI-12 1.4, COMPANY MODEL 1.0"}},
      {{{"verb", "search"}}, {"?!", "5\r\n", "heard: 5, 5"}},
      {{{"verb", "address"}, {"to", "b"}}, {"0Ab!", "b\r\n", "heard: b, b"}},
      {{{"verb", "send"}, {"text", "XA=1"}}, {"0XA=1!", "0OK then\r\n", "heard: 0, 0OK then"}}};
  for (const auto& [command, expected] : commands) {
    bench.sink.clear();
    bench.commands(command.at("verb"), command);
    CHECK(bench.last_sent() == expected[0]);
    bench.receives(expected[1]);
    CHECK(bench.read() == Lines{expected[2]});
    CHECK(bench.sink.done_count == 1);
    CHECK(bench.sink.done_error.empty());
  }
}

TEST_CASE("a command that makes no sense says what would be right and sends nothing") {
  Bench bench(kPlain);
  bench.commands("address", {{"to", "10"}});
  CHECK(bench.sink.done_error == "to=10: must be 0 to 9, A to Z or a to z");
  bench.commands("send", {{"text", "M!"}});
  CHECK(bench.sink.done_error.find("without blanks and !") != std::string::npos);
  bench.commands("explode");
  CHECK(bench.sink.sent.empty());
  CHECK(bench.sink.done_count == 3);
}

TEST_CASE("options that do not fit are refused with what would be right") {
  const std::pair<std::string, std::string> mistakes[] = {
      {R"(address = "+")", "must be 0 to 9"},
      {R"(measurements = ["M0"])", "must be M, C"},
      {R"(measurements = ["R"])", "must be M, C"},
      {R"(measurements = ["M1", "CC1"])", "must not measure the same as M1"},
      {R"(channels = [{ name = "Level" }])", "small letters"},
      {R"(channels = [{ name = "level", quantity = "feet" }])", "must be a quantity"},
      {R"(channels = [{ name = "level", measurement = "M1" }])", "must be one of `measurements`"},
      {R"(channels = [{ name = "level" }, { name = "level" }])", "two channels"}};
  for (const auto& [options, why] : mistakes) {
    CAPTURE(options);
    const auto created = drivers::sdi12::spec().create({{device_with(options)}});
    REQUIRE_FALSE(created.ok());
    CHECK(created.error().code() == core::ErrorCode::bad_config);
    CHECK_MESSAGE(created.error().message().find(why) != std::string::npos, created.error().message());
    CHECK(created.error().message().find("test.toml:1") != std::string::npos);
  }
}

TEST_CASE("a flood without an end of line is bounded and does not hide what comes behind it") {
  Bench bench;
  const std::string flood(100'000, '0');
  bench.receives(flood);
  bench.receives("\r\n0+1\r\n");
  CHECK(bench.read() == Lines{"value1=1"});
}

TEST_CASE("all mistakes of a sensor are told, a line each, and none that follows from another") {
  const auto mistakes = [](const std::string& options) {
    const auto created = drivers::sdi12::spec().create({{device_with(options)}});
    std::vector<std::string> keys;
    for (const std::string& line : split(created ? "" : created.error().message(), '\n')) {
      keys.push_back(line.substr(0, line.find(": must")));
    }
    return keys;
  };
  using List = std::vector<std::string>;
  CHECK(mistakes(R"(measurements = ["Q", "R10"], channels = [{ name = "Level X" }, { name = "a", scale = 0 }])") ==
        List{R"(test.toml:1: measurements = "Q")", R"(test.toml:1: measurements = "R10")",
             R"(test.toml:1: name = "Level X")", R"(test.toml:1: scale = "0")"});
  CHECK(mistakes(R"(address = "!", measurements = ["M", "MC"], channels = [{ name = "a", quantity = "feet" }, )"
                 R"({ name = "a", measurement = "C3" }])") ==
        List{R"(test.toml:1: address = "!")", R"(test.toml:1: measurements = "MC")",
             R"(test.toml:1: quantity = "feet")", R"(test.toml:1: measurement = "C3")", R"(test.toml:1: name = "a")"});
  CHECK(mistakes(R"(measurements = ["Q", "M"], channels = [{ name = "a", measurement = "Q" }, { name = "b" }])") ==
        List{R"(test.toml:1: measurements = "Q")"});
}

}  // namespace
}  // namespace afferent::test::sdi12
