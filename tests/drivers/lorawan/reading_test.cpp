// JSON, base64, units, and the simulator's side.
#include "agent/core/json.h"
#include "drivers/common/base64.h"
#include "drivers/common/json_reader.h"
#include "drivers/lorawan/fields.h"
#include "drivers/lorawan/simulated.h"
#include "drivers/lorawan/units.h"
#include "tests/drivers/lorawan/network.h"

namespace afferent::test::lorawan {
namespace {

using drivers::Json;
using drivers::read_json;

TEST_CASE("JSON is read as it is written") {
  const auto json =
      read_json(R"( {"a":[1,-2.5e1,true,false,null,"x\n\u00e9\ud83d\ude00\/"],"b":{"c":{}},"a2":0,"b":7} )");
  REQUIRE(json);
  const auto& list = (*json)["a"].items();
  CHECK(list[0].number() == 1);
  CHECK(list[1].number() == -25);
  CHECK(list[2].boolean());
  CHECK(list[3].is(Json::Kind::boolean));
  CHECK(list[4].is(Json::Kind::null));
  CHECK(list[5].text() == "x\n\xC3\xA9\xF0\x9F\x98\x80/");
  CHECK((*json)["b"].number() == 7);
  CHECK((*json)["zzz"]["y"].number(5) == 5);
}

TEST_CASE("what is no JSON is refused at its byte") {
  for (const char* bad :
       {"",          "{",   "[1,]",  "{\"a\":}", "{a:1}", "01",        "1.",    "-",   "1e", "\"\t\"", "\"\\x\"",
        "\"\\u12\"", "tru", "[1] 2", "\"abc",    "1e999", "{\"a\" 1}", "[1 2]", "nul", "+1", "'a'"}) {
    CAPTURE(bad);
    const auto json = read_json(bad);
    REQUIRE_FALSE(json);
    CHECK(json.error().message().find("JSON, byte ") == 0);
  }
}

TEST_CASE("JSON is bounded in depth, values and bytes") {
  CHECK(read_json(std::string(30, '[') + std::string(30, ']')));
  CHECK_FALSE(read_json(std::string(40, '[') + std::string(40, ']')));
  CHECK_FALSE(read_json(std::string(100'000, '[')));
  std::string many = "[0";
  for (int i = 0; i < 20'000; ++i) many += ",0";
  CHECK_FALSE(read_json(many + "]"));
  CHECK_FALSE(read_json(std::string(300 * 1024, ' ') + "1"));
}

TEST_CASE("base64 goes both ways") {
  for (const std::string hex : {"", "00", "0102", "010203", "FBFFFE00"}) {
    const auto bytes = core::from_hex(hex).value();
    CHECK(drivers::from_base64(drivers::to_base64(bytes)) == bytes);
  }
  CHECK(drivers::to_base64(*core::from_hex("FBFF")) == "+/8=");
  CHECK(drivers::from_base64("-_8") == core::from_hex("FBFF"));
  CHECK_FALSE(drivers::from_base64("A"));
  CHECK_FALSE(drivers::from_base64("A B="));
}

TEST_CASE("units become the one unit of their quantity") {
  using drivers::lorawan::unit_for;
  using drivers::lorawan::unit_named;
  const auto degrees = unit_named("degF");
  REQUIRE(degrees);
  CHECK(212 * degrees->factor + degrees->offset == doctest::Approx(100));
  CHECK(unit_for(*unit_named("cm"), core::Quantity::rain)->factor == doctest::Approx(10));
  CHECK(unit_for(*unit_named("ms"), core::Quantity::time)->factor == doctest::Approx(0.001));
  CHECK_FALSE(unit_for(*unit_named("bar"), core::Quantity::length));
}

TEST_CASE("a text is the number that it begins with only where a unit follows") {
  drivers::lorawan::Field field;
  field.path = "p";
  field.channel = {"x", core::Quantity::none};
  const auto read = [&field](const std::string& text) {
    core::JsonWriter json;
    json.begin_object().field("p", text).end_object();
    const auto parsed = read_json(json.take());
    REQUIRE(parsed);
    return read_field(field, (*parsed)["p"]);
  };
  const std::pair<const char*, double> good[] = {
      {"12", 12},  {" +3.5", 3.5}, {"2799 mm", 2799},  {"2799mm", 2799}, {"21.5\u00b0C", 21.5},
      {"40%", 40}, {"40 %", 40},   {"-7 \u00b0C", -7}, {"3\u00b5A", 3},  {"1e3", 1000},
      {"5\n", 5},  {"0", 0},       {"0 x", 0},         {"10x", 10},      {"1.5e-3 bar", 0.0015},
      {"9 ", 9},   {"8\u202fV", 8}};
  for (const auto& [text, number] : good) {
    CAPTURE(text);
    const auto value = read(text);
    REQUIRE(value);
    CHECK((**value).number == number);
  }
  for (const char* bad : {"1,5", "0x10", "0X1F", "1 234", "1\u00a0234", "1.234,5", "12:30", "2024-01-01", "1.2.3",
                          "1/2", "3-4", "1_000", "1'000", "#1", "", "x"}) {
    CAPTURE(bad);
    const auto value = read(bad);
    REQUIRE_FALSE(value);
    CHECK(value.error().message().ends_with("no number"));
  }
}

TEST_CASE("the driver reads what the simulated sensor publishes") {
  const std::string options =
      "dev_eui = '0102030405060708'\n[[field]]\npath = 'data.a.depth'\nchannel = 'level'\nunit = 'cm'\n"
      "[[field]]\npath = 'lid'\nchannel = 'open'\ntrue = ['OPEN']\nfalse = ['SHUT']\n";
  const auto device = device_of("s", options);
  auto sensor = drivers::lorawan::simulate(device);
  REQUIRE(sensor);
  Network net({device});
  drivers::Truth now{{{"level", 1.25}, {"open", 1.0}}, {}};
  drivers::Truth served;
  const auto event = (*sensor)->push({4, core::Micros{1705831200500000}}, now, served);
  net.says("application/simulated/device/0102030405060708/event/up", std::string(core::as_text(event)));
  CHECK(net.read() == std::vector<std::string>{"level=1.25", "open=true", "rssi=-70", "snr=8.5"});
  CHECK(net.sink.readings[0].measured == core::Micros{1705831200500000});
  CHECK(served.numbers.at("level") == 1.25);
}

}  // namespace
}  // namespace afferent::test::lorawan
