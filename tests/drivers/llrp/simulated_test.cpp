#include "drivers/llrp/simulated.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/drivers/llrp/reader.h"

namespace afferent::test::llrp {
namespace {

using drivers::Truth;
using drivers::llrp::SimulatedReader;

const Truth kTruth{{{"antenna", 2}, {"rssi", -61.4}, {"count", 3}}, {{"tag", "33b4257bf40c0e4000000190"}}};

// Lets the driver talk to the reader until both are silent.
void converse(Client& client, SimulatedReader& reader, const Truth& now, Truth& served) {
  client.passes(core::Millis(1));
  for (auto sent = client.take_sent(); !sent.empty(); sent = client.take_sent()) {
    for (const Sent& one : sent) client.receives(reader.answer(one.bytes, now, served));
    client.passes(core::Millis(1));
  }
}

TEST_CASE("the driver sets a simulated reader up and reads exactly what was served") {
  SimulatedReader reader;
  Client client;
  Truth served;
  client.opens();
  CHECK(reader.report(kTruth, served).empty());
  client.receives(reader.greeting());
  converse(client, reader, kTruth, served);
  CHECK(client.sink.rejects.empty());
  CHECK(client.sink.done_error.empty());
  CHECK(client.read() == std::vector<std::string>{"tag=33B4257BF40C0E4000000190", "antenna=2", "rssi=-61", "count=3"});
  CHECK(served.texts.at("tag") == "33B4257BF40C0E4000000190");
  CHECK(served.numbers.at("rssi") == -61);
  client.receives(reader.report(kTruth, served));
  CHECK(client.read().size() == 8);
  client.receives(reader.keepalive());
  converse(client, reader, kTruth, served);
  CHECK(client.sink.rejects.empty());
  CHECK(client.read().size() == 12);
}

TEST_CASE("what a simulated reader says by itself is a keep-alive, and a report while it runs") {
  SimulatedReader reader;
  Client client;
  Truth served;
  client.opens();
  client.receives(reader.greeting());
  client.receives(reader.push({0, {}}, kTruth, served));
  CHECK(client.read().empty());
  converse(client, reader, {}, served);
  client.receives(reader.push({1, core::Micros(1'790'000'000'000'000)}, kTruth, served));
  REQUIRE(client.read().size() == 4);
  CHECK(client.sink.readings[0].measured == core::Micros(1'790'000'000'000'000));
  client.passes(core::Millis(1));
  CHECK(client.types_sent() == std::vector<Type>{Type::keepalive_ack});
}

TEST_CASE("a simulated reader reports several tags, of any length") {
  SimulatedReader reader;
  Client client("report = 'poll'");
  Truth served;
  const Truth two{{}, {{"tag", "12AB  1FB41F712AC9C37AB79D618173188324001A nonsense"}}};
  client.opens();
  client.receives(reader.greeting());
  converse(client, reader, {}, served);
  CHECK(client.read().empty());
  client.turn();
  converse(client, reader, two, served);
  CHECK(client.read() == std::vector<std::string>{"tag=12AB", "tag=1FB41F712AC9C37AB79D618173188324001A"});
}

TEST_CASE("a simulated reader refuses what it does not have") {
  SimulatedReader reader;
  Truth served;
  reader.greeting();
  const auto answer = [&](std::string_view hex) {
    const core::Bytes bytes = reader.answer(bytes_of(hex), kTruth, served);
    return core::to_hex(bytes);
  };
  CHECK(answer("04160000000E0000000800000001") ==
        "0420000000120000000801"
        "1F00080065"
        "0000");
  CHECK(answer("04280000000A00000009") ==
        "0464000000120000000901"
        "1F0008006D"
        "0000");
  CHECK(answer("FFFF").empty());
  CHECK(served.texts.empty());
}

}  // namespace
}  // namespace afferent::test::llrp
