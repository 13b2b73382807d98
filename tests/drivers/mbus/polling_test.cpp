// What the master asks, and what it does with the answers.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "drivers/mbus/link.h"
#include "drivers/mbus/mbus.h"
#include "tests/drivers/mbus/meter.h"

namespace afferent::test::mbus {
namespace {

// volume 0.012 m3; identification 12345678, maker PAD, version 1, water
const std::string kHead = "72 78563412 2440 01 07 55 00 0000";
const std::string kVolume = kHead + "0313 0C0000";
const std::string kFirst = kHead + "0313 0C0000 1F";
const std::string kSecond = kHead + "022B 0A00";

std::string fixed(std::uint8_t control, std::uint8_t address) {
  return core::to_hex(drivers::mbus::encode_fixed(control, address));
}

TEST_CASE("a primary address is reset once, then asked with a turning frame count bit") {
  Meter meter("address=5");
  meter.turn();
  CHECK(meter.last_sent() == fixed(0x40, 5));
  meter.receives("E5");
  CHECK(meter.last_sent() == fixed(0x7B, 5));
  meter.receives(response(kVolume, 5));
  CHECK(meter.sink.done_count == 1);
  CHECK(meter.sink.done_error.empty());
  CHECK(meter.values() == std::vector<std::string>{"volume=0.012 m3"});
  meter.turn();
  CHECK(meter.last_sent() == fixed(0x5B, 5));
  meter.receives(response(kVolume, 5));
  meter.turn();
  CHECK(meter.last_sent() == fixed(0x7B, 5));
  CHECK(meter.sink.sent.size() == 4);
}

TEST_CASE("the frame count bit stays as it is after no answer and after a broken one") {
  Meter meter("address=5,reset=false");
  meter.turn();
  CHECK(meter.last_sent() == fixed(0x7B, 5));
  meter.receives(response(kVolume, 5));
  for (int i = 0; i < 2; ++i) {
    meter.turn();
    CHECK(meter.last_sent() == fixed(0x5B, 5));
    std::string broken = response(kVolume, 5);
    broken.replace(broken.size() - 4, 2, "00");
    if (i == 1) meter.receives(broken);
    meter.times_out();
    CHECK(meter.sink.done_error.find("no answer to REQ_UD2 to address 5") != std::string::npos);
    CHECK(meter.sink.rejects.size() == static_cast<std::size_t>(i));
  }
  meter.turn();
  CHECK(meter.last_sent() == fixed(0x5B, 5));
}

TEST_CASE("after a time-out the link is reset again") {
  Meter meter("address=5");
  meter.turn();
  meter.receives("E5");
  meter.times_out();
  CHECK(meter.sink.done_count == 1);
  meter.turn();
  CHECK(meter.last_sent() == fixed(0x40, 5));
  meter.times_out();
  CHECK(meter.sink.done_error.find("SND_NKE") != std::string::npos);
  meter.opens();
  meter.turn();
  CHECK(meter.last_sent() == fixed(0x40, 5));
}

TEST_CASE("an answer of several telegrams is read to its end, and the next one begins at its first telegram") {
  Meter meter("address=5");
  meter.turn();
  meter.receives("E5");
  meter.receives(response(kFirst, 5));
  CHECK(meter.sink.done_count == 0);
  CHECK(meter.last_sent() == fixed(0x5B, 5));
  meter.receives(response(kSecond, 5));
  CHECK(meter.sink.done_count == 1);
  CHECK(meter.sink.done_error.empty());
  CHECK(meter.values() == std::vector<std::string>{"volume=0.012 m3", "power=0.01 kW"});
  CHECK(meter.read().size() == 8);  // the flags once
  meter.turn();
  CHECK(meter.last_sent() == fixed(0x40, 5));
}

TEST_CASE("an answer that never ends is cut off and says so") {
  Meter meter("address=5,telegrams=3");
  meter.turn();
  meter.receives("E5");
  for (int i = 0; i < 3; ++i) meter.receives(response(kFirst, 5));
  CHECK(meter.sink.done_count == 1);
  CHECK(meter.sink.done_error.find("more than 3 telegrams") != std::string::npos);
}

TEST_CASE("a secondary address is deselected and selected first, with the frame count starting anew") {
  Meter meter("secondary=12345678,maker=PAD,version=01,medium=07");
  meter.turn();
  CHECK(meter.last_sent() == fixed(0x40, 0xFD));
  CHECK_FALSE(meter.sink.sent.back().expects_answer);
  REQUIRE(meter.sink.wakes.size() == 1);
  meter.receives("E5");  // who was selected before: nothing waits for it
  CHECK(meter.sink.sent.size() == 1);
  meter.wakes();
  CHECK(meter.last_sent() == "680B0B6853FD5278563412244001072216");
  meter.receives("E5");
  CHECK(meter.last_sent() == fixed(0x7B, 0xFD));
  meter.receives(response(kVolume, 5));
  CHECK(meter.sink.done_error.empty());
  CHECK(meter.sink.heard_of.empty());
  meter.turn();
  CHECK(meter.last_sent() == "680B0B6853FD5278563412244001072216");
}

TEST_CASE("wildcards of a secondary address go out as they are, and who answers is reported") {
  Meter meter("secondary=1234FFFF");
  meter.turn();
  meter.wakes();
  CHECK(meter.last_sent() == core::to_hex(drivers::mbus::encode_variable(0x53, 0xFD, bytes_of("52FFFF3412FFFFFFFF"))));
  meter.receives("E5");
  meter.receives(response(kVolume, 5));
  CHECK(meter.values().size() == 1);
  REQUIRE(meter.sink.heard_of.size() == 1);
  CHECK(meter.sink.heard_of[0].first == "12345678");
  CHECK(meter.sink.heard_of[0].second == "PAD, version 1, water, address 5");
}

TEST_CASE("an answer of a meter that was not selected is refused") {
  Meter meter("secondary=12345679");
  meter.turn();
  meter.wakes();
  meter.receives("E5");
  meter.receives(response(kVolume, 5));
  CHECK(meter.read().empty());
  CHECK(meter.sink.rejects.size() == 1);
  CHECK(meter.sink.done_error.find("answer of 12345678") != std::string::npos);
}

TEST_CASE("frames of other addresses, requests and late acknowledgements are not an answer") {
  Meter meter("address=5");
  meter.turn();
  meter.receives(fixed(0x40, 5));  // an echo
  meter.receives(response(kVolume, 6));
  CHECK(meter.sink.sent.size() == 1);
  meter.receives("E5");
  meter.receives(fixed(0x7B, 5));
  meter.receives(response(kVolume, 6));
  CHECK(meter.read().empty());
  CHECK(meter.sink.rejects.empty());
  CHECK(meter.sink.done_count == 0);
  meter.receives(response(kVolume, 5));
  CHECK(meter.sink.done_count == 1);
}

TEST_CASE("E5 instead of data ends the turn; within noise the answer may still follow") {
  Meter meter("address=5");
  meter.turn();
  meter.receives("E5");
  meter.receives("E5");
  CHECK(meter.sink.done_error.find("no data") != std::string::npos);
  meter.turn();
  meter.receives("00FE01E5");
  CHECK(meter.sink.done_count == 1);
  meter.receives(response(kVolume, 5));
  CHECK(meter.sink.done_count == 2);
  CHECK(meter.sink.done_error.empty());
}

TEST_CASE("an application error is flags and an error, and the next good answer clears the flags") {
  Meter meter("address=5");
  meter.turn();
  meter.receives("E5");
  meter.receives(response("7003", 5));
  CHECK(meter.read() == std::vector<std::string>{"flag_application_error=true", "flag_busy=false"});
  CHECK(meter.sink.done_error == "application error 3: too many records");
  meter.turn();
  CHECK(meter.last_sent() == fixed(0x5B, 5));
  meter.receives(response("7008", 5));
  CHECK(meter.value_of("flag_busy") == "true");
  meter.turn();
  meter.receives(response(kVolume, 5));
  CHECK(meter.value_of("flag_busy") == "false");
  CHECK(meter.value_of("flag_application_error") == "false");
}

TEST_CASE("the readout is chosen by an application reset before each reading") {
  Meter meter("address=5,readout=10");
  meter.turn();
  meter.receives("E5");
  CHECK(meter.last_sent() == core::to_hex(drivers::mbus::encode_variable(0x73, 5, bytes_of("5010"))));
  meter.receives("E5");
  CHECK(meter.last_sent() == fixed(0x5B, 5));
  meter.receives(response(kVolume, 5));
  CHECK(meter.sink.done_error.empty());
}

TEST_CASE("a meter whose digits are configured is no news when it answers") {
  for (const auto& [options, heard] : {std::pair("secondary=12345678", 0U), std::pair("secondary=123FFFFF", 1U)}) {
    CAPTURE(options);
    Meter meter(options);
    const auto slave = simulated("secondary=12345678");
    drivers::Truth served;
    meter.turn();
    converse(meter, {slave.get()}, {{{"volume", 1.5}}, {}}, served);
    CHECK(meter.value_of("volume") == "1.5 m3");
    CHECK(meter.sink.heard_of.size() == heard);
  }
}

TEST_CASE("what is overheard of the own meter is read, of others not") {
  Meter meter("address=5");
  meter.overhears(response(kVolume, 6));
  CHECK(meter.read().empty());
  meter.overhears(response(kVolume, 5));
  CHECK(meter.values().size() == 1);
  Meter other("secondary=87654321");
  other.overhears(response(kVolume, 5));
  CHECK(other.read().empty());
  CHECK(other.sink.rejects.empty());
  Meter same("secondary=12345678");
  same.overhears(response(kVolume, 5));
  CHECK(same.values().size() == 1);
}

TEST_CASE("a broken answer is reported when nothing else came") {
  Meter meter("address=5");
  meter.turn();
  meter.receives("E5");
  meter.receives("6811116808");
  meter.times_out();
  REQUIRE(meter.sink.rejects.size() == 1);
  CHECK(meter.sink.rejects[0].why == "no complete frame");
}

TEST_CASE("bytes that are no frame are reported outside of a turn too, whatever came before") {
  Meter meter;
  meter.receives(response(kVolume, 5));
  meter.receives("0102030405");
  meter.times_out();
  REQUIRE(meter.sink.rejects.size() == 1);
  CHECK(core::to_hex(meter.sink.rejects[0].bytes) == "0102030405");
}

TEST_CASE("options that do not fit are refused with what would be right") {
  const auto error = [](std::string_view options) {
    const auto created = drivers::mbus::spec().create({{device_with(options)}});
    return created ? std::string() : created.error().message();
  };
  CHECK(error("address=252").find("0 to 250") != std::string::npos);
  CHECK(error("secondary=1234567").find("8 digits") != std::string::npos);
  CHECK(error("secondary=1234567X").find("8 digits") != std::string::npos);
  CHECK(error("maker=ELS").find("secondary") != std::string::npos);
  CHECK(error("secondary=12345678,maker=E1S").find("three letters") != std::string::npos);
  CHECK(error("secondary=12345678,medium=7").find("two hex digits") != std::string::npos);
  CHECK(error("readout=xx").find("two hex digits") != std::string::npos);
  // What is said of a key names it with its value, so that the mistakes of other keys can be told beside it.
  CHECK(error("address=252") == "address = \"252\": must be 0 to 250, or 254 for the only meter of a line");
  CHECK(error("secondary=1234567G").starts_with("secondary = \"1234567G\": must be 8 digits"));
  CHECK(error("maker=E1S") == "maker = \"E1S\": must be three letters, e.g. ELS");
  CHECK(error("version=zz") == "version = \"zz\": must be two hex digits");
  CHECK(error("medium=G7,maker=ELS") == "medium = \"G7\": must be two hex digits");
  CHECK(error("maker=ELS,readout=xy") == "readout = \"xy\": must be two hex digits");
  CHECK(error("medium=07") == "secondary: missing; `medium` belongs to a secondary address");
  CHECK(error("address=250").empty());
  CHECK(error("secondary=1234567824400107").empty());
}

}  // namespace
}  // namespace afferent::test::mbus
