#include <doctest/doctest.h>

#include "drivers/sl651/sl651.h"
#include "tests/drivers/sl651/bench.h"

namespace afferent::test::sl651 {
namespace {

using drivers::sl651::Frame;
using drivers::sl651::kEnq;
using drivers::sl651::kEtb;
using drivers::sl651::kEtx;
using drivers::sl651::kSyn;
using Lines = std::vector<std::string>;

constexpr std::string_view kOne = "0012345678";
constexpr std::string_view kTwo = "3101040001";

std::string body(std::string_view station, const std::string& elements, const std::string& serial = "0007") {
  return serial + "250405115000F1F1" + std::string(station) + "48F0F02504051150" + elements;
}

Frame voltage(std::string_view station, const std::string& value, const std::string& serial = "0007") {
  return frame_of(station, 0x32, body(station, "3812" + value, serial));
}

Frame packet(std::uint16_t number, std::uint16_t total, std::string_view hex, std::uint8_t end) {
  Frame frame = frame_of(kOne, 0x31, hex);
  frame.start = kSyn;
  frame.number = number;
  frame.total = total;
  frame.end = end;
  return frame;
}

// Of a downlink frame to station 12345678 under centre 1; `rest` from the function on, without the CRC.
std::string down(const std::string& rest) {
  core::Bytes bytes = bytes_of("7E7E0012345678011234" + rest);
  unsigned crc = 0xFFFF;
  for (const std::uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1U) != 0 ? (crc >> 1) ^ 0xA001U : crc >> 1;
  }
  bytes.push_back(static_cast<std::uint8_t>(crc >> 8));
  bytes.push_back(static_cast<std::uint8_t>(crc));
  return core::to_hex(bytes);
}

// 2025-04-05 03:53:20 UTC is 11:53:20 in Beijing.
const std::string kNow = "250405115320";

TEST_CASE("a report is confirmed to its connection with its serial number and the centre's time") {
  Bench bench({R"(station = "12345678")"});
  bench.receives(voltage(kOne, "1234"), 7);
  CHECK(bench.read() == Lines{"voltage=12.34 V @2025-04-05T03:50Z"});
  REQUIRE(bench.sink.sent.size() == 1);
  CHECK(bench.sink.sent[0].peer == 7);
  CHECK_FALSE(bench.sink.sent[0].expects_answer);
  CHECK(bench.last_sent() == down("328008020007" + kNow + "1B"));
}

TEST_CASE("without a clock of the gateway the station hears its own time: a published exchange") {
  Bench bench({R"(station = "12345678")"});
  bench.now.clock = core::ClockState::unsynced;
  bench.receives(
      bytes_of("7E7E010012345678123430002B020003591011154947F1F1001234567848F0F059101115492019000005261900000539"
               "2300000127381211150320FA"));
  CHECK(bench.last_sent() == "7E7E00123456780112343080080200035910111549471B75D4");
}

TEST_CASE("how a report is confirmed is the station's option; a keepalive is not") {
  Bench leaves({R"(station = "12345678", answer = "leave")"});
  leaves.receives(voltage(kOne, "1234"));
  CHECK(leaves.last_sent() == down("3280080200"
                                   "07" +
                                   kNow + "04"));
  Bench none({R"(station = "12345678", answer = "none")"});
  none.receives(voltage(kOne, "1234"));
  CHECK(none.read().size() == 1);
  CHECK(none.sink.sent.empty());
  Bench stays({R"(station = "12345678")"});
  stays.receives(frame_of(kOne, 0x2F, "0007250405115000"));
  CHECK(stays.sink.sent.empty());
  CHECK(stays.sink.rejects.empty());
}

TEST_CASE("where more reports follow the confirmation says to go on") {
  Bench bench({R"(station = "12345678")"});
  Frame frame = voltage(kOne, "1234");
  frame.end = kEtb;
  bench.receives(frame);
  CHECK(bench.last_sent() == down("3280080200"
                                  "07" +
                                  kNow + "06"));
}

TEST_CASE("a report in the ASCII form is confirmed in it") {
  Bench bench({R"(station = "12345678")"});
  Frame frame = frame_of(kOne, 0x32, "");
  frame.ascii = true;
  const std::string text = "0007250405115000ST 0012345678 H TT 2504051150 VT 12.34 ";
  frame.body.assign(text.begin(), text.end());
  bench.receives(frame);
  CHECK(bench.read() == Lines{"voltage=12.34 V @2025-04-05T03:50Z"});
  const core::Bytes& sent = bench.sink.sent.at(0).bytes;
  CHECK(core::as_text(sent).substr(1, 22) == "0012345678011234328010");
  CHECK(core::as_text(sent).substr(24, 16) == "0007" + kNow);
}

TEST_CASE("stations are kept apart by their address, whatever connection they use") {
  Bench bench({R"(station = "12345678")", R"(station = "31010400001")"});
  const core::Bytes one = encode(voltage(kOne, "1234"));
  const core::Bytes two = encode(voltage(kTwo, "1111"));
  bench.receives(core::ByteView(one).first(20), 1);
  bench.receives(core::ByteView(two).first(30), 2);
  bench.receives(core::ByteView(one).subspan(20), 1);
  bench.receives(core::ByteView(two).subspan(30), 2);
  CHECK(bench.read() == Lines{"0:voltage=12.34 V @2025-04-05T03:50Z", "1:voltage=11.11 V @2025-04-05T03:50Z"});
  CHECK(bench.sink.sent.at(0).peer == 1);
  CHECK(bench.sink.sent.at(1).peer == 2);
  bench.receives(voltage(kOne, "1222", "0008"), 2);
  CHECK(bench.read().back() == "0:voltage=12.22 V @2025-04-05T03:50Z");
}

TEST_CASE("a relay reports for several stations in one body") {
  Bench bench({R"(station = "12345678")", R"(station = "3101040001")"});
  const std::string both = body(kOne, "38121234") + "F1F1" + std::string(kTwo) + "48F0F0250405114038121111" +
                           "F1F1000000000948F0F0250405114038121000";
  bench.receives(frame_of("0000009999", 0x32, both));
  CHECK(bench.read() == Lines{"1:voltage=11.11 V @2025-04-05T03:40Z", "0:voltage=12.34 V @2025-04-05T03:50Z"});
  REQUIRE(bench.sink.heard_of.size() == 1);
  CHECK(bench.sink.heard_of[0].first == "0000000009");
  CHECK(bench.sink.sent.empty());
}

TEST_CASE("a station that is not configured is heard once, not published and not confirmed") {
  Bench bench({R"(station = "12345678")"});
  for (const char* const serial : {"0001", "0002"}) bench.receives(voltage(kTwo, "1234", serial));
  CHECK(bench.read().empty());
  CHECK(bench.sink.sent.empty());
  REQUIRE(bench.sink.heard_of.size() == 1);
  CHECK(bench.sink.heard_of[0].first == kTwo);
  bench.receives(frame_of("0000000001", 0x2F, "0007250405115000"));
  REQUIRE(bench.sink.heard_of.size() == 2);
  CHECK(bench.sink.heard_of[1] == std::pair<std::string, std::string>("0000000001", "function 2F"));
}

TEST_CASE("without a configured station any is read under its own address") {
  Bench bench;
  bench.receives(voltage(kOne, "1234"));
  bench.receives(voltage(kOne, "1235"));
  bench.receives(voltage(kTwo, "1236"));
  CHECK(bench.read().size() == 3);
  REQUIRE(bench.sink.heard_of.size() == 2);
  CHECK(bench.sink.heard_of[0].second == "type 48 river station, function 32");
}

TEST_CASE("a repeated report is confirmed again but read once") {
  Bench bench({R"(station = "12345678")"});
  bench.receives(voltage(kOne, "1234"));
  bench.receives(frame_of(kOne, 0x2F, "0007250405115000"));
  bench.receives(voltage(kOne, "1234"));
  CHECK(bench.read().size() == 1);
  CHECK(bench.sink.sent.size() == 2);
  bench.now.boot += std::chrono::minutes(11);
  bench.receives(voltage(kOne, "1234"));
  CHECK(bench.read().size() == 2);
}

TEST_CASE("a missing packet is asked for again, and the report is confirmed when it is whole") {
  Bench bench({R"(station = "12345678")"});
  const std::string first = body(kOne, "04180000053812");
  bench.receives(packet(1, 3, first, kEtb));
  bench.receives(packet(3, 3, "1203", kEtx));
  REQUIRE(bench.sink.sent.size() == 1);
  CHECK(bench.last_sent() == down("31800B16003002"
                                  "0000" +
                                  kNow + "15"));
  CHECK(bench.read().empty());
  bench.receives(packet(2, 3, "12011202", kEtx));
  CHECK(bench.read() == Lines{"voltage=12.01 V @2025-04-05T03:50Z", "voltage=12.02 V @2025-04-05T03:55Z",
                              "voltage=12.03 V @2025-04-05T04:00Z"});
  CHECK(bench.last_sent() == down("31800B16003003"
                                  "0007" +
                                  kNow + "1B"));
}

TEST_CASE("reports in packets that come mixed, over one connection or two, are never put together wrongly") {
  const auto packets = [](std::string_view station, const std::string& value) {
    std::vector<Frame> three{packet(1, 3, body(station, "04180000053812"), kEtb), packet(2, 3, value + "1102", kEtb),
                             packet(3, 3, "1103", kEtx)};
    for (Frame& frame : three) frame.station = station;
    return three;
  };
  const std::vector<Frame> one = packets(kOne, "1201");
  const std::vector<Frame> two = packets(kTwo, "1301");
  for (const bool configured : {true, false}) {
    CAPTURE(configured);
    Bench bench(configured ? std::vector<std::string>{R"(station = "12345678")", R"(station = "3101040001")"}
                           : std::vector<std::string>{});
    for (std::size_t i = 0; i < 3; ++i) {
      bench.receives(one[i]);
      bench.receives(two[i]);
    }
    const std::vector<std::string> read = bench.read();
    REQUIRE(read.size() == 6);
    CHECK(read[0] == (configured ? "0:" : "") + std::string("voltage=12.01 V @2025-04-05T03:50Z"));
    CHECK(read[3] == (configured ? "1:" : "") + std::string("voltage=13.01 V @2025-04-05T03:50Z"));
    if (configured) continue;
    REQUIRE(bench.sink.heard_of.size() == 2);
    CHECK(bench.sink.heard_of[0].first == kOne);
    CHECK(bench.sink.heard_of[1].first == kTwo);
  }
  Bench same({R"(station = "12345678", answer = "none")"});
  same.receives(one[0], 1);
  same.receives(packets(kOne, "1401")[1], 2);
  same.receives(one[2], 1);
  CHECK(same.read().empty());  // the second is another connection's
  same.receives(one[1], 1);
  CHECK(same.read().front() == "voltage=12.01 V @2025-04-05T03:50Z");
}

TEST_CASE("very many stations that begin a report in packets are bounded, and told") {
  Bench bench;
  Frame frame = packet(1, 3, body(kOne, "04180000053812"), kEtb);
  for (int i = 0; i < 200; ++i) {
    frame.station = "00" + std::to_string(10'000'000 + i);
    bench.receives(frame);
  }
  CHECK(bench.sink.rejects.size() == 135);
  CHECK(bench.sink.rejects.back().why.find("too many reports in packets") != std::string::npos);
}

TEST_CASE("packets that never end are bounded, and an old report does not mix with a new one") {
  Bench bench({R"(station = "12345678")"});
  const std::string filler(8000, '0');
  for (std::uint16_t number = 1; number < 40; ++number) bench.receives(packet(number, 4000, filler, kEtb));
  CHECK(bench.sink.rejects.size() == 2);
  bench.receives(packet(1, 2, body(kOne, "04180000053812"), kEtb));
  bench.now.boot += std::chrono::minutes(20);
  bench.receives(packet(2, 2, "1201", kEtx));
  CHECK(bench.read().empty());
}

TEST_CASE("a frame with another password is refused") {
  Bench bench({R"(station = "12345678", password = "9999")"});
  bench.receives(voltage(kOne, "1234"));
  CHECK(bench.read().empty());
  CHECK(bench.sink.sent.empty());
  CHECK(bench.sink.rejects.size() == 1);
}

TEST_CASE("a station that is connected is asked, and its answer ends the turn") {
  Bench bench({R"(station = "12345678")"});
  bench.driver->command({{}, "query", {}}, bench.sink);
  CHECK(bench.sink.done_error == "the station is not connected");
  bench.receives(frame_of(kOne, 0x2F, "0007250405115000"), 9);
  bench.driver->command({{}, "query", {}}, bench.sink);
  REQUIRE(bench.sink.wakes.size() == 1);
  bench.happens(core::WireEvent::Kind::wake);
  REQUIRE(bench.sink.sent.size() == 1);
  CHECK(bench.sink.sent[0].peer == 9);
  CHECK(bench.sink.sent[0].expects_answer);
  CHECK(bench.last_sent() == down("3780080200"
                                  "00" +
                                  kNow + "05"));
  bench.sink.done_count = 0;
  bench.receives(frame_of(kOne, 0x37, body(kOne, "38121234")), 9);
  CHECK(bench.read().size() == 1);
  CHECK(bench.sink.done_count == 1);
  CHECK(bench.sink.done_error.empty());
  bench.driver->command({{}, "clock", {}}, bench.sink);
  bench.happens(core::WireEvent::Kind::wake);
  CHECK(bench.last_sent() == down("4A80080200"
                                  "00" +
                                  kNow + "05"));
  bench.times_out();
  CHECK(bench.sink.done_error == "no answer");
  bench.happens(core::WireEvent::Kind::closed, {}, 9);
  bench.driver->command({{}, "status", {}}, bench.sink);
  CHECK(bench.sink.done_error == "the station is not connected");
  bench.driver->command({{}, "explode", {}}, bench.sink);
  CHECK(bench.sink.done_error == "unsupported command 'explode'");
}

TEST_CASE("what a connection leaves behind when it closes is told") {
  Bench bench({R"(station = "12345678")"});
  bench.happens(core::WireEvent::Kind::opened, {}, 3);
  bench.receives(bytes_of("7E7E01001234"), 3);
  bench.happens(core::WireEvent::Kind::closed, {}, 3);
  REQUIRE(bench.sink.rejects.size() == 1);
  CHECK(bench.sink.rejects[0].why == "no complete frame");
}

TEST_CASE("options that do not fit are refused with what would be right") {
  for (const std::string options : {R"(station = "123456789")", R"(station = "1234567X")", R"(station = "31010465536")",
                                    R"(station = "12345678", password = "12G4")"}) {
    CAPTURE(options);
    const auto created = drivers::sl651::spec().create({{device_with(options)}});
    REQUIRE_FALSE(created.ok());
    CHECK(created.error().code() == core::ErrorCode::bad_config);
    CHECK(created.error().message().find("must be") != std::string::npos);
  }
  const auto twice = drivers::sl651::spec().create(
      {{device_with(R"(station = "12345678")"), device_with(R"(station = "0012345678")")}});
  REQUIRE_FALSE(twice.ok());
  CHECK(twice.error().message().find("device.station: \"0012345678\" is the address of device '") != std::string::npos);
}

}  // namespace
}  // namespace afferent::test::sl651
