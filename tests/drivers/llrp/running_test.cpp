// A reader that is set up: loss, reports, events, commands.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/drivers/llrp/reader.h"

namespace afferent::test::llrp {
namespace {

using core::Millis;
using core::Seconds;
using Types = std::vector<Type>;

const std::string kTag = "00F000228D3005FB63AC1F3841EC88046781000186CE820004EC2EA8354C09880001";
const std::vector<std::string> kTagRead{"tag=3005FB63AC1F3841EC880467", "antenna=1", "rssi=-50", "count=1"};

TEST_CASE("three keep-alives that do not come end the connection; any word of the reader counts") {
  Client client("keepalive = '2 s'");
  client.connects();
  client.passes(Millis(5999));
  CHECK(client.sink.reopened.empty());
  client.receives(report(kTag));
  client.passes(Millis(5999));
  CHECK(client.sink.reopened.empty());
  client.passes(Millis(1));
  REQUIRE(client.sink.reopened.size() == 1);
  CHECK(client.sink.reopened[0].find("3 keep-alives did not come") != std::string::npos);
  client.closes();
  client.connects();
  client.receives(report(kTag));
  CHECK(client.read().size() == 2 * kTagRead.size());
}

TEST_CASE("the times of a reader without a clock are no times; others are kept as they are") {
  Client client;
  client.connects();
  const auto seen = [&client](core::Micros at) {
    std::string hex;
    for (int shift = 60; shift >= 0; shift -= 4) hex += "0123456789ABCDEF"[at.count() >> shift & 0xF];
    client.receives(report("00F0001A8D3005FB63AC1F3841EC88046784" + hex));
    return client.sink.readings.back().measured;
  };
  const core::Micros now = client.now.utc;
  const core::Micros hour = std::chrono::hours(1);
  CHECK(seen(now - 23 * hour) == now - 23 * hour);
  CHECK_FALSE(seen(86'400 * core::Micros(1'000'000)));
  CHECK_FALSE(seen(now + 25 * hour));
  client.now.clock = core::ClockState::unsynced;
  CHECK(seen(core::Micros(5)) == core::Micros(5));
}

TEST_CASE("without keep-alives silence is no loss") {
  Client client("keepalive = 0");
  client.connects();
  client.passes(Seconds(86'400));
  CHECK(client.sink.reopened.empty());
}

TEST_CASE("a reader that closes the connection is called again") {
  Client client;
  client.connects();
  client.receives(event("01010004"));
  REQUIRE(client.sink.reopened.size() == 1);
  CHECK(client.sink.reopened[0] == "the reader closes the connection");
  client.receives(report(kTag));
  CHECK(client.read().empty());  // nothing that is lost counts
}

TEST_CASE("another client's attempt does not disturb a connection") {
  Client client;
  client.connects();
  client.receives(event("010000060004"));
  CHECK(client.sink.reopened.empty());
  client.receives(report(kTag));
  CHECK(client.read() == kTagRead);
}

TEST_CASE("a header that is wrong ends the connection, since nothing behind it can be found") {
  for (const char* hex : {"24", "0C", "043D00000009", "043D00040001", "FFFFFFFFFFFFFFFFFFFFFFFF"}) {
    CAPTURE(hex);
    Client client;
    client.connects();
    core::Bytes bytes = report(kTag);
    const core::Bytes bad = bytes_of(hex);
    bytes.insert(bytes.end(), bad.begin(), bad.end());
    client.receives(bytes);
    CHECK(client.read() == kTagRead);
    REQUIRE(client.sink.rejects.size() == 1);
    CHECK(client.sink.rejects[0].why.starts_with("no LLRP header") !=
          client.sink.rejects[0].why.starts_with("LLRP header with a length"));
    CHECK(client.sink.reopened.size() == 1);
    client.receives(report(kTag));
    CHECK(client.read() == kTagRead);
  }
}

TEST_CASE("a message with a parameter that is wrong is refused, and the next one is read") {
  Client client;
  client.connects();
  client.receives(report("00F0000595"));           // TV 21: nobody knows its length
  client.receives(report("00F000068D30" + kTag));  // cut short
  CHECK(client.sink.rejects.size() == 2);
  CHECK(client.sink.reopened.empty());
  client.receives(report(kTag));
  CHECK(client.read() == kTagRead);
}

TEST_CASE("reader events are health") {
  Client client;
  client.connects();
  client.receives(event("00FF0007000002"));
  client.turn();
  CHECK(client.sink.done_error == "antenna disconnected: 2");
  client.receives(event("00FF0007010002"));
  client.turn();
  CHECK(client.sink.done_error.empty());
  client.receives(event("00FB0004"));
  REQUIRE(client.sink.rejects.size() == 1);
  CHECK(client.sink.rejects[0].why.find("reports are lost") != std::string::npos);
  client.receives(event("00FC000800026F68"));
  client.turn();
  CHECK(client.sink.done_error == "reader exception: oh");
}

TEST_CASE("what passes is no trouble any more with the next good report, or after five minutes") {
  Client client;
  client.connects();
  client.receives(event("00FC000800026F68"));
  client.receives(report("00F0000595"));  // which cannot be read
  client.turn();
  CHECK(client.sink.done_error == "reader exception: oh");
  client.receives(report(kTag));
  client.turn();
  CHECK(client.sink.done_error.empty());
  client.receives(event("00FC000800026F68"));
  client.turn();
  CHECK(client.sink.done_error == "reader exception: oh");
  for (int i = 1; i < 30; ++i) {
    client.passes(Seconds(10));
    client.receives(keepalive(1));
    CHECK(client.sink.done_error == "reader exception: oh");
  }
  client.passes(Seconds(10));
  CHECK(client.sink.done_error.empty());
}

TEST_CASE("a report that the reader gives ends the trouble with one that it refused") {
  Client client("report = 'poll'");
  client.connects();
  client.turn();
  client.receives(reply(Type::error_message, client.take_sent().back().id, 401));
  CHECK(client.sink.done_error == "GET_REPORT refused: R_DeviceError (401)");
  client.turn();
  client.receives(report(kTag));
  CHECK(client.sink.done_error.empty());
  client.turn();
  client.receives(report(kTag));
  CHECK(client.sink.done_error.empty());
}

TEST_CASE("each keep-alive of a burst is answered") {
  Client client("keepalive = '2 s'");
  client.connects();
  client.take_sent();
  core::Bytes burst;
  for (std::uint32_t id = 1; id <= 100; ++id) {
    const core::Bytes one = keepalive(id);
    burst.insert(burst.end(), one.begin(), one.end());
  }
  client.receives(burst);
  client.passes(Millis(1));
  const auto sent = client.take_sent();
  REQUIRE(sent.size() == 100);
  for (std::uint32_t id = 1; id <= 100; ++id) CHECK(sent[id - 1].id == id);
}

TEST_CASE("an inventory that the reader ends is begun again") {
  Client client;
  client.connects();
  client.receives(event("00F9000D010000000100000000"));
  client.turn();
  CHECK(client.sink.done_error == "the reader has ended the inventory");
  client.passes(Seconds(1));
  CHECK(client.types_sent() == Types{Type::delete_rospec});
}

TEST_CASE("reports may be fetched in turns") {
  Client client("report = 'poll'");
  client.connects();
  client.take_sent();
  const int turns = client.sink.done_count;
  client.turn();
  CHECK(client.types_sent() == Types{Type::get_report});
  CHECK(client.sink.done_count == turns);
  client.receives(report(kTag));
  CHECK(client.read() == kTagRead);
  CHECK(client.sink.done_count == turns + 1);
  client.turn();
  client.receives(keepalive(1));  // which is no report
  CHECK(client.sink.done_count == turns + 1);
  client.passes(Seconds(5));
  CHECK(client.sink.done_error == "no report came when it was asked for");
  CHECK(client.sink.done_count == turns + 2);
}

TEST_CASE("commands stop, start and close") {
  Client client;
  client.commands("stop");
  CHECK(client.sink.done_error == "the reader is not set up yet");
  client.connects();
  client.commands("stop");
  auto sent = client.take_sent();
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].type == Type::stop_rospec);
  client.receives(reply(Type::stop_rospec_response, sent[0].id));
  CHECK(client.sink.done_error.empty());
  client.receives(event("00F9000D010000000100000000"));  // as it was told to
  client.passes(Seconds(2));
  CHECK(client.types_sent().empty());
  client.commands("start");
  client.receives(reply(Type::start_rospec_response, client.take_sent().at(0).id, 401));
  CHECK(client.sink.done_error == "START_ROSPEC refused: R_DeviceError (401)");
  client.commands("start");
  client.take_sent();
  client.times_out();
  CHECK(client.sink.done_error == "no reply to START_ROSPEC");
  client.commands("close");
  sent = client.take_sent();
  REQUIRE(sent.size() == 1);
  CHECK(core::to_hex(sent[0].bytes).starts_with("040E0000000A"));
  client.receives(reply(Type::close_connection_response, sent[0].id));
  CHECK(client.sink.done_error.empty());
  CHECK(client.sink.reopened == std::vector<std::string>{"closed by command"});
  client.commands("dance");
  CHECK(client.sink.done_error == "unsupported command 'dance'");
}

TEST_CASE("at the agent's end the connection is closed in order, where there is one") {
  Client client;
  CHECK(client.driver->farewell().empty());
  client.opens();
  CHECK(client.driver->farewell().empty());  // the reader has not accepted us
  client.connects();
  const core::Bytes words = client.driver->farewell();
  REQUIRE(words.size() == 10);
  CHECK(core::to_hex(words).starts_with("040E0000000A"));
  CHECK(words[9] == 6);  // behind the five of the set-up
  client.closes();
  CHECK(client.driver->farewell().empty());
}

TEST_CASE("only tags with the wanted beginnings are read") {
  Client client("prefixes = ['33', '3005f']");
  client.connects();
  client.receives(report(kTag + "00F000118D300833B2DDD906C000000000" + "00F000118D33B4257BF40C0E4000000190"));
  CHECK(client.read() ==
        std::vector<std::string>{kTagRead[0], kTagRead[1], kTagRead[2], kTagRead[3], "tag=33B4257BF40C0E4000000190"});
}

}  // namespace
}  // namespace afferent::test::llrp
