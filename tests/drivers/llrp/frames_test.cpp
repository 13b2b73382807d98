// The golden messages of drivers/llrp/frames.txt, each as it is, in pieces, behind each other and damaged.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/drivers/llrp/reader.h"
#include "tests/support/frame_table.h"

namespace afferent::test::llrp {
namespace {

struct Golden {
  std::string name;
  std::string options;
  core::Bytes bytes;
  std::vector<std::string> readings;
  std::string reject;  // empty: the message is right
};

std::vector<Golden> golden_messages() {
  std::vector<Golden> messages;
  for (const auto& columns : rows_of(AFFERENT_SOURCE "/drivers/llrp/frames.txt", 3)) {
    Golden golden{columns[0], {}, bytes_of(columns[1]), {}, {}};
    if (const auto open = golden.name.find('['); open != std::string::npos) {
      golden.options = golden.name.substr(open + 1, golden.name.rfind(']') - open - 1);
    }
    for (const std::string& part : split(columns[2], ';')) {
      if (part.starts_with("reject: "))
        golden.reject = part.substr(8);
      else if (part != "none")
        golden.readings.push_back(part);
    }
    messages.push_back(std::move(golden));
  }
  REQUIRE(messages.size() > 40);
  return messages;
}

// As the table writes them: the time stands behind the tag, and all readings of one tag have the same.
std::vector<std::string> with_times(const Client& client) {
  std::vector<std::string> lines = client.read();
  std::string tag_time;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto& measured = client.sink.readings[i].measured;
    const std::string time = measured ? "@" + std::to_string(measured->count()) : "";
    if (lines[i].starts_with("tag=")) {
      lines[i] += time;
      tag_time = time;
    } else if (time != tag_time) {
      lines[i] += " at another time than its tag";
    }
  }
  return lines;
}

void check(const Golden& golden, const Client& client) {
  CHECK(with_times(client) == golden.readings);
  if (golden.reject.empty()) {
    CHECK(client.sink.rejects.empty());
  } else {
    REQUIRE(client.sink.rejects.size() >= 1);
    CHECK_MESSAGE(client.sink.rejects[0].why.find(golden.reject) != std::string::npos, client.sink.rejects[0].why);
  }
}

TEST_CASE("golden messages are read as the table says") {
  for (const Golden& golden : golden_messages()) {
    CAPTURE(golden.name);
    Client client(golden.options);
    client.receives(golden.bytes);
    client.times_out();
    check(golden, client);
    CHECK(client.sink.rejects.size() == (golden.reject.empty() ? 0 : 1));
  }
}

TEST_CASE("golden messages may come in chunks of any size") {
  for (const Golden& golden : golden_messages()) {
    CAPTURE(golden.name);
    for (const std::size_t size : {1U, 2U, 3U, 7U, 11U}) {
      Client client(golden.options);
      core::ByteView rest = golden.bytes;
      while (!rest.empty()) {
        const core::ByteView chunk = rest.first(std::min(size, rest.size()));
        rest = rest.subspan(chunk.size());
        client.receives(chunk);
        if (!client.sink.reopened.empty()) break;  // nothing comes behind a lost stream
      }
      client.times_out();
      check(golden, client);
    }
  }
}

TEST_CASE("all golden messages behind each other are read from one stream, wherever it is cut") {
  core::Bytes stream;
  std::vector<std::string> expected;
  std::size_t rejects = 0;
  for (const Golden& golden : golden_messages()) {
    Client alone;
    alone.receives(golden.bytes);
    alone.times_out();
    if (!golden.options.empty() || !alone.sink.reopened.empty() || golden.name == "cut short") continue;
    stream.insert(stream.end(), golden.bytes.begin(), golden.bytes.end());
    expected.insert(expected.end(), golden.readings.begin(), golden.readings.end());
    rejects += golden.reject.empty() ? 0 : 1;
  }
  REQUIRE(expected.size() > 30);
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    Client client;
    client.receives(core::ByteView(stream).first(cut));
    client.receives(core::ByteView(stream).subspan(cut));
    REQUIRE(with_times(client) == expected);
    REQUIRE(client.sink.rejects.size() == rejects);
  }
}

TEST_CASE("damaged messages never bring down a connection's reader, and the next connection reads again") {
  const Golden good = golden_messages().front();
  for (const Golden& golden : golden_messages()) {
    CAPTURE(golden.name);
    for (std::size_t at = 0; at < golden.bytes.size(); ++at) {
      core::Bytes bytes = golden.bytes;
      bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ 0xFFU);
      Client client;
      client.now.clock = core::ClockState::unsynced;  // the messages were captured at another time
      client.connects();
      client.receives(bytes);
      client.closes();
      client.sink.readings.clear();
      client.connects();
      client.receives(good.bytes);
      REQUIRE(with_times(client) == good.readings);
    }
  }
}

TEST_CASE("frames from anywhere may be parts of one message, or a whole one behind one that was cut") {
  const Golden good = golden_messages().front();
  const core::ByteView bytes = good.bytes;
  Client parts;
  parts.receives(bytes.first(20));
  parts.times_out();
  CHECK(parts.sink.rejects.size() == 1);
  parts.receives(bytes.subspan(20));
  CHECK(with_times(parts) == good.readings);
  Client whole;
  whole.receives(bytes.first(20));
  whole.times_out();
  whole.receives(bytes);
  CHECK(with_times(whole) == good.readings);
}

TEST_CASE("messages without readings say what they are when they come from anywhere") {
  Client client;
  client.receives(bytes_of("043F000000200AB288C900F600160080000C0004F8535BAADAFF010000060000"));
  client.receives(reply(Type::add_rospec_response, 6, 100, "no such antenna"));
  client.receives(keepalive(5));
  const std::vector<std::pair<std::string, std::string>> expected{
      {"gate", "READER_EVENT_NOTIFICATION 179472585: connection attempt 0, accepted"},
      {"gate", "ADD_ROSPEC_RESPONSE 6: M_ParameterError (100): no such antenna"},
      {"gate", "KEEPALIVE 5"}};
  CHECK(client.sink.heard_of == expected);
  CHECK(client.sink.sent.empty());
  Client connected;
  connected.connects();
  connected.receives(keepalive(5));
  CHECK(connected.sink.heard_of.empty());
}

}  // namespace
}  // namespace afferent::test::llrp
