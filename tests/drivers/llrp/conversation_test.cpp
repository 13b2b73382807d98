// The conversation that sets a reader up: greeting, requests, refusals, keep-alives.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "drivers/llrp/llrp.h"
#include "tests/drivers/llrp/reader.h"

namespace afferent::test::llrp {
namespace {

using core::Millis;
using core::Seconds;
using Types = std::vector<Type>;

const std::string kTag = "00F000228D3005FB63AC1F3841EC88046781000186CE820004EC2EA8354C09880001";
const std::vector<std::string> kTagRead{"tag=3005FB63AC1F3841EC880467", "antenna=1", "rssi=-50", "count=1"};

// Sets up to the given request, whose reply is still due.
Sent up_to(Client& client, Type type) {
  client.opens();
  client.receives(greeting());
  client.passes(Millis(1));
  for (int steps = 0; steps < 10; ++steps) {
    const auto sent = client.take_sent();
    REQUIRE(sent.size() == 1);
    if (sent[0].type == type) return sent[0];
    client.receives(reply(drivers::llrp::reply_to(sent[0].type), sent[0].id));
  }
  FAIL("never asked");
  return {};
}

TEST_CASE("a reader is set up once it has accepted the connection, one request after the other") {
  Client client;
  client.opens();
  client.passes(Millis(100));
  CHECK(client.types_sent().empty());
  client.receives(greeting());
  client.passes(Millis(1));
  for (const Type type :
       Types{Type::delete_rospec, Type::set_reader_config, Type::add_rospec, Type::enable_rospec, Type::start_rospec}) {
    CHECK(client.sink.done_count == 0);  // one turn holds the line for all of it
    const auto sent = client.take_sent();
    REQUIRE(sent.size() == 1);
    CHECK(sent[0].type == type);
    client.receives(reply(drivers::llrp::reply_to(type), sent[0].id));
  }
  CHECK(client.sink.done_count == 1);
  CHECK(client.sink.done_error.empty());
  CHECK(client.types_sent().empty());
  CHECK(client.sink.rejects.empty());
}

TEST_CASE("the conversation is the same when it comes byte by byte") {
  Client client;
  client.opens();
  const auto says = [&](const core::Bytes& bytes) {
    for (const std::uint8_t byte : bytes) client.receives(core::ByteView(&byte, 1));
  };
  says(greeting());
  client.passes(Millis(1));
  std::size_t asked = 0;
  for (auto sent = client.take_sent(); !sent.empty(); sent = client.take_sent()) {
    REQUIRE(sent.size() == 1);
    ++asked;
    says(reply(drivers::llrp::reply_to(sent[0].type), sent[0].id));
  }
  CHECK(asked == 5);
  says(report(kTag));
  CHECK(client.read() == kTagRead);
}

TEST_CASE("the requests are the bytes that the standard wants") {
  Client client;
  client.opens();
  client.receives(greeting());
  client.passes(Millis(1));
  std::vector<std::string> hex;
  for (auto sent = client.take_sent(); !sent.empty(); sent = client.take_sent()) {
    hex.push_back(core::to_hex(sent[0].bytes));
    client.receives(reply(drivers::llrp::reply_to(sent[0].type), sent[0].id));
  }
  REQUIRE(hex.size() == 5);
  CHECK(hex[0] == "04150000000E0000000100000000");
  CHECK(hex[1] ==
        "04030000004600000002"
        "00"
        "00F4002000F500070002"
        "8000F500070003"
        "8000F500070004"
        "8000F500070008"
        "80"
        "00ED000D01000100EE00061780"
        "00DC00090100002710"
        "00E2000500");
  CHECK(hex[2] ==
        "04140000004B00000003"
        "00B1004100000001"
        "0000"
        "00B2001200B3000500"
        "00B600090000000000"
        "00B7001800010000"
        "00B800090000000000"
        "00BA0007000101"
        "00ED000D01000100EE00061780");
  CHECK(hex[3] == "04180000000E0000000400000001");
  CHECK(hex[4] == "04160000000E0000000500000001");
}

TEST_CASE("options go into the requests") {
  Client client(
      "antennas = [1, 3]\nsession = 2\ntag_population = 100\nmode = 5\npower = 61\nkeepalive = '2 s'\nhold = true\n"
      "inventory_every = '10 s'\ninventory_time = '2 s'\nreport_tags = 0");
  client.opens();
  client.receives(greeting());
  client.passes(Millis(1));
  std::string all;
  Types types;
  for (auto sent = client.take_sent(); !sent.empty(); sent = client.take_sent()) {
    for (const Sent& one : sent) {
      all += core::to_hex(one.bytes);
      types.push_back(one.type);
      client.receives(reply(drivers::llrp::reply_to(one.type), one.id));
    }
  }
  CHECK(types == Types{Type::delete_rospec, Type::set_reader_config, Type::add_rospec, Type::enable_rospec,
                       Type::enable_events_and_reports});
  for (const char* part : {"00DC000901000007D0", "00E2000580",
                           "00B3001102"
                           "00B4000C00000000"
                           "00002710",
                           "00B6000901000007D0", "00B7", "000200010003", "00ED000D02000000EE0006",
                           "00DE00280001"
                           "00E0000A00010000003D"
                           "014A001800"
                           "014F000800050000"
                           "0150000B80006400000000",
                           "00DE00280003"}) {
    CAPTURE(part);
    CHECK(all.find(part) != std::string::npos);
  }
}

TEST_CASE("options that cannot be are refused with what would be right") {
  const auto trouble = [](std::string_view options) {
    core::DriverDevice device = device_with(options);
    auto created = drivers::llrp::spec().create({{std::move(device)}});
    REQUIRE_FALSE(created.ok());
    CHECK(created.error().code() == core::ErrorCode::bad_config);
    return created.error().message();
  };
  CHECK(trouble("antennas = [0]").find("from 1 to 65535") != std::string::npos);
  CHECK(trouble("antennas = [1.5]").find("whole numbers") != std::string::npos);
  CHECK(trouble("antennas = [2, 2]").find("twice") != std::string::npos);
  CHECK(trouble("prefixes = ['3X']").find("hex digits") != std::string::npos);
  CHECK(trouble("report_tags = 0").find("inventory_every") != std::string::npos);
  CHECK(trouble("inventory_every = '1 s'\ninventory_time = '2 s'").find("inventory_time") != std::string::npos);
}

TEST_CASE("a reader that refuses the connection is left, and the next connection is tried anew") {
  Client client;
  client.opens();
  client.receives(greeting(2));
  REQUIRE(client.sink.reopened.size() == 1);
  CHECK(client.sink.reopened[0] == "the reader refuses the connection: another client is connected (2)");
  client.passes(Seconds(60));
  CHECK(client.types_sent().empty());
  client.closes();
  client.connects();
  CHECK(client.sink.done_error.empty());
  client.receives(report(kTag));
  CHECK(client.read() == kTagRead);
}

TEST_CASE("a reader that does not greet is left") {
  Client client("request_timeout = '3 s'");
  client.opens();
  client.passes(Millis(2999));
  CHECK(client.sink.reopened.empty());
  client.passes(Millis(1));
  REQUIRE(client.sink.reopened.size() == 1);
  CHECK(client.sink.reopened[0].find("does not greet") != std::string::npos);
  CHECK(client.sink.done_error == client.sink.reopened[0]);
}

TEST_CASE("a reply that does not come ends the connection") {
  Client client;
  up_to(client, Type::add_rospec);
  client.passes(Millis(4999));
  CHECK(client.sink.reopened.empty());
  client.passes(Millis(1));
  REQUIRE(client.sink.reopened.size() == 1);
  CHECK(client.sink.reopened[0] == "no reply to ADD_ROSPEC");
  CHECK(client.sink.done_error == "no reply to ADD_ROSPEC");
}

TEST_CASE("a reply counts only with the id and the type of its request") {
  Client client;
  const Sent asked = up_to(client, Type::set_reader_config);
  client.receives(reply(Type::set_reader_config_response, asked.id + 1));
  client.receives(reply(Type::delete_rospec_response, asked.id));
  CHECK(client.types_sent().empty());
  client.receives(reply(Type::set_reader_config_response, asked.id));
  CHECK(client.types_sent() == Types{Type::add_rospec});
}

TEST_CASE("a reader that numbers its replies as it likes is understood after one time-out") {
  Client client;
  const Sent asked = up_to(client, Type::set_reader_config);
  client.receives(reply(Type::set_reader_config_response, 0));
  client.passes(Millis(4999));
  CHECK(client.types_sent().empty());
  client.passes(Millis(1));
  CHECK(client.sink.reopened.empty());
  CHECK(client.sink.rejects.size() == 1);
  CHECK(client.types_sent() == Types{Type::add_rospec});
  client.receives(reply(Type::add_rospec_response, asked.id + 100, 100));
  CHECK(client.sink.done_error == "ADD_ROSPEC refused: M_ParameterError (100)");
  CHECK(client.sink.rejects.size() == 1);
}

TEST_CASE("what the reader refuses is health, and is asked again later") {
  Client client;
  const Sent asked = up_to(client, Type::add_rospec);
  client.receives(reply(Type::add_rospec_response, asked.id, 100, "antenna 9 is not there"));
  const std::string why = "ADD_ROSPEC refused: M_ParameterError (100): antenna 9 is not there";
  CHECK(client.sink.done_error == why);
  client.turn();
  CHECK(client.sink.done_count == 2);
  CHECK(client.sink.done_error == why);
  CHECK(client.types_sent().empty());
  for (std::uint32_t id = 1; id < 4; ++id) {
    client.passes(Seconds(9));
    client.receives(keepalive(id));
  }
  client.passes(Seconds(4));
  CHECK(client.sink.reopened.empty());
  CHECK(client.types_sent() ==
        Types{Type::keepalive_ack, Type::keepalive_ack, Type::keepalive_ack, Type::delete_rospec});
  client.receives(reply(Type::delete_rospec_response, 4));
  client.replies_to_all();
  client.turn();
  CHECK(client.sink.done_error.empty());
}

TEST_CASE("an ERROR_MESSAGE is a reply too") {
  Client client;
  const Sent asked = up_to(client, Type::set_reader_config);
  client.receives(reply(Type::error_message, asked.id, 110));
  CHECK(client.sink.done_error == "SET_READER_CONFIG refused: M_UnsupportedVersion (110)");
}

TEST_CASE("a reader without ROSpecs may refuse to delete them") {
  Client client;
  const Sent asked = up_to(client, Type::delete_rospec);
  client.receives(reply(Type::delete_rospec_response, asked.id, 101, "no such ROSpec"));
  CHECK(client.types_sent() == Types{Type::set_reader_config});
}

TEST_CASE("each keep-alive is answered with its own id, in and out of a turn") {
  Client client;
  up_to(client, Type::add_rospec);
  client.receives(keepalive(77));
  auto sent = client.take_sent();
  REQUIRE(sent.size() == 1);
  CHECK(core::to_hex(sent[0].bytes) == "04480000000A0000004D");
  Client running;
  running.connects();
  running.take_sent();
  const int turns = running.sink.done_count;
  running.receives(keepalive(1));
  running.overhears(keepalive(2));
  CHECK(running.take_sent().empty());  // there is no turn to send in ...
  running.passes(Millis(1));
  sent = running.take_sent();
  REQUIRE(sent.size() == 2);
  CHECK(sent[0].type == Type::keepalive_ack);
  CHECK(sent[0].id == 1);
  CHECK(sent[1].id == 2);
  CHECK(running.sink.done_count == turns + 1);  // ... and the line is free again
  CHECK_FALSE(running.sink.sent.back().expects_answer);
}

TEST_CASE("a reader is answered in the version that it speaks") {
  Client client;
  client.opens();
  core::Bytes hello = greeting();
  hello[0] = 0x08;
  client.receives(hello);
  client.passes(Millis(1));
  const auto sent = client.take_sent();
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].bytes[0] == 0x08);
}

}  // namespace
}  // namespace afferent::test::llrp
