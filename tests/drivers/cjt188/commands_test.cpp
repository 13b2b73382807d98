#include <doctest/doctest.h>

#include "tests/drivers/cjt188/meter.h"

namespace afferent::test::cjt188 {
namespace {

constexpr std::string_view kMeter = "address=78330011223344";
const std::string kAddress = "44332211003378";

TEST_CASE("the valve is opened and closed and its acknowledgement is read") {
  Meter meter(kMeter);
  meter.commands("valve", {{"position", "close"}});
  CHECK(meter.last_sent() == framed("6810" + kAddress + "0404A0170199"));
  meter.receives(framed("6810" + kAddress + "8405A017010100"));
  CHECK(meter.read() == std::vector<std::string>{"valve=closed", "flag_low_battery=false"});
  CHECK(meter.sink.done_count == 1);
  CHECK(meter.sink.done_error.empty());
  meter.commands("valve", {{"position", "open"}});
  CHECK(meter.last_sent() == framed("6810" + kAddress + "0404A0170255"));
  meter.receives(framed("6810" + kAddress + "C403020300"));
  CHECK(meter.sink.done_error == "write data A017 refused by meter 78330011223344: control C4, status 0300");
}

TEST_CASE("a valve command in the byte order that the meter answered") {
  Meter meter("address=78330011223344,di_order=2018");
  meter.commands("valve", {{"position", "open"}});
  CHECK(meter.last_sent() == framed("6810" + kAddress + "040417A00155"));
}

TEST_CASE("a command that makes no sense says what would be right and sends nothing") {
  Meter meter(kMeter);
  const std::pair<std::string, std::map<std::string, std::string>> mistakes[] = {
      {"valve", {}},
      {"valve", {{"position", "half"}}},
      {"address", {{"to", "123"}}},
      {"address", {{"to", "AAAAAAAAAAAAAA"}}},
      {"clock", {{"time", "2026-02-30T00:00:00"}}},
      {"clock", {{"time", "2026-02-03 00:00:00"}}},
      {"read", {{"di", "123456"}}},
      {"read", {{"di", "1F90"}}},
      {"explode", {}}};
  for (const auto& [verb, arguments] : mistakes) {
    CAPTURE(verb);
    meter.sink.clear();
    meter.commands(verb, arguments);
    CHECK(meter.sink.sent.empty());
    CHECK(meter.sink.done_count == 1);
    CHECK_FALSE(meter.sink.done_error.empty());
  }
}

TEST_CASE("a search finds the one meter of the line, whatever its address") {
  Meter meter(kMeter);
  meter.commands("search");
  CHECK(meter.last_sent() == framed("6810AAAAAAAAAAAAAA0303810A01"));
  meter.receives(std::string_view("FF68100029152403262083030A81023616"));
  REQUIRE(meter.sink.heard_of.size() == 1);
  CHECK(meter.sink.heard_of[0].first == "20260324152900");
  CHECK(meter.sink.done_error.empty());
  CHECK(meter.sink.done_count == 1);
}

TEST_CASE("a search that nobody answers fails") {
  Meter meter(kMeter);
  meter.commands("search");
  meter.times_out();
  CHECK(meter.sink.done_error == "no answer to read address 810A");
}

TEST_CASE("a new address is acknowledged under the old or the new one") {
  for (const std::string& from : {kAddress, std::string("34129078563412")}) {
    Meter meter(kMeter);
    meter.commands("address", {{"to", "12345678901234"}});
    CHECK(meter.last_sent() == framed("6810" + kAddress + "150AA0180134129078563412"));
    meter.receives(framed("6810" + from + "9503A01801"));
    CHECK(meter.sink.done_count == 1);
    CHECK(meter.sink.done_error.empty());
  }
}

TEST_CASE("the clock is written in the meter's byte order") {
  Meter meter(kMeter);
  meter.commands("clock", {{"time", "2026-11-27T06:38:10"}});
  CHECK(meter.last_sent() == framed("6810" + kAddress + "040AA0150110380627112620"));
  Meter other("address=78330011223344,clock_order=reversed");
  other.commands("clock", {{"time", "2026-11-27T06:38:10"}});
  CHECK(other.last_sent() == framed("6810" + kAddress + "040AA0150120261127063810"));
}

TEST_CASE("other data are read once, the key version by its own function") {
  Meter meter(kMeter);
  meter.commands("read", {{"di", "8105"}});
  CHECK(meter.last_sent() == framed("6810" + kAddress + "0103810501"));
  meter.receives(framed("6810" + kAddress + "8112810501 01 00010000 00020000 00030000 0000"));
  CHECK(meter.read()[3] == "credit=3");
  CHECK(meter.sink.done_count == 1);
  meter.commands("read", {{"di", "8106"}});
  CHECK(meter.last_sent() == framed("6810" + kAddress + "0903810602"));
  meter.receives(framed("6810" + kAddress + "890481060205"));
  CHECK(meter.read().back() == "key_version=5");
  CHECK(meter.sink.done_count == 2);
}

}  // namespace
}  // namespace afferent::test::cjt188
