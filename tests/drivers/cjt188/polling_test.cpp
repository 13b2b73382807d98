#include <doctest/doctest.h>

#include "drivers/cjt188/cjt188.h"
#include "tests/drivers/cjt188/meter.h"

namespace afferent::test::cjt188 {
namespace {

constexpr std::string_view kMeter = "address=78330011223344";
const std::string kAddress = "44332211003378";

std::string request(const std::string& di, const std::string& serial, const std::string& type = "10") {
  return framed("68" + type + kAddress + "0103" + di + serial);
}

std::string reading(const std::string& di = "901F", const std::string& control = "81",
                    const std::string& address = kAddress) {
  return framed("6810" + address + control + "16" + di + "AA 00010000 2C 00000000 2C 00000000000000 0000");
}

const std::vector<std::string> kRead{"volume=1 m3", "volume_due=0 m3", "valve=open", "flag_low_battery=false"};

TEST_CASE("a turn asks for the current data behind a preamble and ends with the answer, whatever its SER") {
  Meter meter(kMeter);
  meter.turn();
  REQUIRE(meter.sink.sent.size() == 1);
  CHECK(core::to_hex(meter.sink.sent[0].bytes) == "FEFEFEFE" + request("901F", "01"));
  CHECK(meter.sink.sent[0].expects_answer);
  CHECK(meter.sink.done_count == 0);
  meter.receives(reading());
  CHECK(meter.read() == kRead);
  CHECK(meter.sink.done_count == 1);
  CHECK(meter.sink.done_error.empty());
  CHECK(meter.sink.heard_of.empty());
}

TEST_CASE("each request has the next SER") {
  Meter meter("address=78330011223344,di_order=2018,preamble=0,type=11");
  for (const char* const serial : {"01", "02", "03"}) {
    meter.turn();
    CHECK(core::to_hex(meter.sink.sent.back().bytes) == request("1F90", serial, "11"));
    meter.times_out();
  }
}

TEST_CASE("the byte order of identifiers turns after a time-out until the meter has answered one") {
  Meter meter(kMeter);
  meter.turn();
  meter.times_out();
  CHECK(meter.sink.done_error == "no answer to read data 901F");
  CHECK(meter.driver->save().empty());
  meter.turn();
  CHECK(meter.last_sent() == request("1F90", "02"));
  meter.receives(reading("1F90"));
  CHECK(meter.sink.done_error.empty());
  meter.turn();
  meter.times_out();
  meter.turn();
  CHECK(meter.last_sent() == request("1F90", "04"));

  Meter later(kMeter);
  REQUIRE(later.driver->restore(meter.driver->save()).ok());
  later.turn();
  CHECK(later.last_sent() == request("1F90", "01"));
}

TEST_CASE("a meter that mirrors the other byte order is asked in its own") {
  Meter meter(kMeter);
  meter.turn();
  meter.receives(reading("1F90"));
  meter.turn();
  CHECK(meter.last_sent() == request("1F90", "02"));
}

TEST_CASE("a damaged saved state is refused") {
  Meter meter(kMeter);
  CHECK_FALSE(meter.driver->restore(bytes_of("02")).ok());
  CHECK_FALSE(meter.driver->restore(bytes_of("0000")).ok());
  CHECK(meter.driver->restore({}).ok());
}

TEST_CASE("an echo of the own request and the frames of another meter are no answers and no errors") {
  Meter meter(kMeter);
  meter.turn();
  meter.receives(core::ByteView(meter.sink.sent[0].bytes));
  meter.receives(reading("901F", "81", "11223344556677"));
  CHECK(meter.sink.done_count == 0);
  CHECK(meter.sink.rejects.empty());
  CHECK(meter.sink.heard_of.empty());
  CHECK(meter.read().empty());
  meter.receives(reading());
  CHECK(meter.sink.done_count == 1);
  CHECK(meter.read() == kRead);
}

TEST_CASE("an answer under the address of any meter is taken") {
  Meter meter(kMeter);
  meter.turn();
  meter.receives(reading("901F", "81", "AAAAAAAAAAAAAA"));
  CHECK(meter.sink.done_count == 1);
  CHECK(meter.read() == kRead);
}

TEST_CASE("a late answer to other data does not end the turn") {
  Meter meter(kMeter);
  meter.turn();
  meter.receives(framed("6810" + kAddress + "8104810301 11"));
  CHECK(meter.read() == std::vector<std::string>{"settlement_day=11"});
  CHECK(meter.sink.done_count == 0);
}

TEST_CASE("a damaged answer is counted and the right one behind it is taken") {
  Meter meter(kMeter);
  meter.turn();
  std::string damaged = reading();
  damaged[30] = damaged[30] == '0' ? '1' : '0';
  meter.receives(damaged + reading());
  CHECK(meter.sink.rejects.size() == 1);
  CHECK(meter.read() == kRead);
  CHECK(meter.sink.done_count == 1);
}

TEST_CASE("what was refused in one turn hides nothing behind the next") {
  Meter meter(kMeter);
  meter.turn();
  std::string damaged = reading();
  damaged[30] = damaged[30] == '0' ? '1' : '0';
  meter.receives(damaged + reading());
  CHECK(meter.sink.rejects.size() == 1);
  meter.turn();
  meter.closes();
  meter.receives("00");
  meter.times_out();
  CHECK(meter.sink.rejects.size() == 2);
}

TEST_CASE("a refusal ends the turn with its code and status, and gives the flags") {
  Meter meter(kMeter);
  meter.turn();
  meter.receives(framed("6810" + kAddress + "C103 01 0400"));
  CHECK(meter.read() == std::vector<std::string>{"valve=open", "flag_low_battery=true"});
  CHECK(meter.sink.done_count == 1);
  CHECK(meter.sink.done_error == "read data 901F refused by meter 78330011223344: control C1, status 0400");
}

TEST_CASE("an answer that cannot be read ends the turn with an error") {
  Meter meter(kMeter);
  meter.turn();
  meter.receives(framed("6810" + kAddress + "8104901F0100"));
  CHECK(meter.sink.done_error == "901F with 4 bytes of data, should be 9, 22, 29 or 46");
  CHECK(meter.sink.rejects.size() == 1);
}

TEST_CASE("parts of an answer are put together") {
  Meter meter(kMeter);
  meter.turn();
  meter.receives(framed("6810" + kAddress + "A108 901F01 00010000 2C"));
  CHECK(meter.sink.done_count == 0);
  CHECK(meter.last_sent() == request("901F", "02"));
  meter.receives(framed("6810" + kAddress + "A108 901F02 00000000 2C"));
  CHECK(meter.sink.done_count == 0);
  CHECK(meter.last_sent() == request("901F", "03"));
  meter.receives(framed("6810" + kAddress + "810C 901F03 00000000000000 0000"));
  CHECK(meter.read() == kRead);
  CHECK(meter.sink.done_count == 1);
}

TEST_CASE("an answer of parts without an end is given up") {
  Meter meter(kMeter);
  meter.turn();
  for (int part = 0; part < 200 && meter.sink.done_count == 0; ++part) {
    meter.receives(framed("6810" + kAddress + "A10D 901F01 00010000 2C 00000000 2C"));
  }
  CHECK(meter.sink.done_error == "answer to 901F does not end");
}

TEST_CASE("an active report that comes instead of the answer is the answer") {
  Meter meter(kMeter);
  meter.turn();
  meter.receives(reading("901F", "A1"));
  CHECK(meter.read() == kRead);
  CHECK(meter.sink.done_count == 1);
}

TEST_CASE("what is overheard of the own meter is read, of others not, and nothing is refused") {
  Meter meter(kMeter);
  meter.overhears(request("901F", "07"));
  meter.overhears(reading("901F", "81", "11223344556677"));
  meter.overhears("0103020010B988");
  CHECK(meter.read().empty());
  meter.overhears(reading());
  CHECK(meter.read() == kRead);
  CHECK(meter.sink.rejects.empty());
  CHECK(meter.sink.done_count == 0);
}

TEST_CASE("the history is asked for once in its period, behind the current data") {
  Meter meter("address=78330011223344,months=2,history_every=100,also=8103");
  CHECK(meter.driver->channels({}).back().name == "volume@2");
  meter.turn();
  meter.receives(reading());
  CHECK(meter.last_sent() == request("8103", "02"));
  meter.receives(framed("6810" + kAddress + "8104810302 11"));
  CHECK(meter.last_sent() == request("D120", "03"));
  meter.receives(framed("6810" + kAddress + "8108D12003 00020000 2C"));
  CHECK(meter.last_sent() == request("D121", "04"));
  meter.receives(framed("6810" + kAddress + "8108D12104 00030000 2C"));
  CHECK(meter.sink.done_count == 1);
  CHECK(meter.read().back() == "volume@2=3 m3");
  meter.now.boot += std::chrono::seconds(99);
  meter.turn();
  meter.receives(reading());
  meter.receives(framed("6810" + kAddress + "8104810302 11"));
  CHECK(meter.sink.done_count == 2);
  meter.now.boot += std::chrono::seconds(1);
  meter.turn();
  meter.receives(reading());
  meter.receives(framed("6810" + kAddress + "8104810302 11"));
  CHECK(meter.sink.done_count == 2);
}

TEST_CASE("without an address any meter is ours and its address is said once") {
  Meter meter;
  meter.turn();
  CHECK(meter.last_sent() == framed("6810AAAAAAAAAAAAAA0103901F01"));
  meter.receives(reading());
  meter.receives(reading());
  REQUIRE(meter.sink.heard_of.size() == 1);
  CHECK(meter.sink.heard_of[0] == std::pair<std::string, std::string>("78330011223344", "type 10 water meter"));
  CHECK(meter.sink.done_count == 1);
}

TEST_CASE("a closed line forgets the request") {
  Meter meter(kMeter);
  meter.turn();
  meter.receives(std::string_view("6810443322"));
  meter.closes();
  meter.receives(reading());
  CHECK(meter.sink.done_count == 0);
  CHECK(meter.read() == kRead);
}

TEST_CASE("a flood of bytes without a frame is told at the time-out, in one piece of bounded size") {
  Meter meter(kMeter);
  meter.turn();
  const core::Bytes flood(200'000, 0x68);
  meter.receives(core::ByteView(flood));
  meter.times_out();
  REQUIRE(meter.sink.rejects.size() == 1);
  CHECK(meter.sink.rejects[0].bytes.size() <= 300);
}

TEST_CASE("a silent line is no bad frame") {
  Meter meter(kMeter);
  meter.turn();
  meter.receives(std::string_view("FEFE00FF"));
  meter.times_out();
  CHECK(meter.sink.rejects.empty());
  CHECK_FALSE(meter.sink.done_error.empty());
}

TEST_CASE("options that make no sense are refused with their key") {
  const std::pair<std::string_view, std::string_view> mistakes[] = {{"address=7833001122334", "address"},
                                                                    {"address=7833001122334X", "address"},
                                                                    {"type=50", "type"},
                                                                    {"type=ZZ", "type"},
                                                                    {"status_valve_mask=XY", "status_valve_mask"},
                                                                    {"status_battery_mask=-1", "status_battery_mask"},
                                                                    {"also=901G", "also"},
                                                                    {"also=901F", "also"}};
  for (const auto& [options, key] : mistakes) {
    CAPTURE(options);
    const auto created = drivers::cjt188::spec().create({{device_with(options)}});
    REQUIRE_FALSE(created.ok());
    CHECK(created.error().code() == core::ErrorCode::bad_config);
    CHECK(created.error().message().find(key) != std::string::npos);
  }
}

}  // namespace
}  // namespace afferent::test::cjt188
