// The master's side of the conversation.
#include "tests/drivers/modbus/harness.h"

using namespace afferent;
using Kind = core::WireEvent::Kind;

namespace {

// Three blocks: 0 to 1, 10, and an input register.
const std::string kThree = R"(product = "three blocks"
[[register]]
channel = "a"
address = 0
[[register]]
channel = "b"
address = 1
type = "s16"
[[register]]
channel = "c"
address = 10
[[register]]
channel = "d"
address = 3
function = 4
)";

core::Bytes frame(std::initializer_list<unsigned> bytes) {
  core::Bytes out;
  for (const unsigned byte : bytes) out.push_back(static_cast<std::uint8_t>(byte));
  return test::with_crc(std::move(out));
}

struct Three : test::Bench {
  explicit Three(const std::string& more = {}) : Bench("unit = 1\n" + more, kThree) {}
  void answer(std::initializer_list<unsigned> bytes) { event(Kind::received, frame(bytes)); }
};

}  // namespace

TEST_CASE("a turn asks block by block and ends when all have come") {
  Three bench;
  bench.turn();
  CHECK(bench.last_sent() == core::to_hex(frame({1, 3, 0, 0, 0, 2})));
  bench.answer({1, 3, 4, 0, 7, 0xFF, 0xFE});
  CHECK(bench.last_sent() == core::to_hex(frame({1, 3, 0, 10, 0, 1})));
  bench.answer({1, 3, 2, 0, 9});
  CHECK(bench.last_sent() == core::to_hex(frame({1, 4, 0, 3, 0, 1})));
  CHECK(bench.sink.done_count == 0);
  bench.answer({1, 4, 2, 0, 5});
  CHECK(bench.sink.done_count == 1);
  CHECK(bench.sink.done_error.empty());
  CHECK(bench.said() == "a=7, b=-2, c=9, d=5");
}

TEST_CASE("an exception is named, and the blocks that came are kept") {
  Three bench;
  bench.turn();
  bench.answer({1, 0x83, 2});
  bench.answer({1, 3, 2, 0, 9});
  bench.answer({1, 4, 2, 0, 5});
  CHECK(bench.said() == "c=9, d=5");
  CHECK(bench.sink.done_error == "exception 02 (illegal data address) in answer to function 3, registers 0 to 1");
  CHECK(bench.sink.rejects.empty());
}

TEST_CASE("a busy device is left alone until the next turn") {
  Three bench;
  bench.turn();
  bench.answer({1, 0x83, 6});
  CHECK(bench.sink.done_count == 1);
  CHECK(bench.sink.sent.size() == 1);
  CHECK(bench.sink.done_error.find("06 (device busy)") != std::string::npos);
}

TEST_CASE("a time-out ends the turn after one question") {
  Three bench;
  bench.turn();
  bench.answer({1, 3, 4, 0, 7, 0, 8});
  bench.event(Kind::timed_out);
  CHECK(bench.sink.sent.size() == 2);
  CHECK(bench.sink.done_count == 1);
  CHECK(bench.sink.done_error == "no answer to function 3, register 10");
  CHECK(bench.said() == "a=7, b=8");
}

TEST_CASE("echo, noise and the replies of others do not disturb") {
  Three bench;
  bench.turn();
  const core::Bytes echo = bench.sink.sent.back().bytes;
  bench.event(Kind::received, echo);
  bench.received("00FF");
  bench.answer({2, 3, 4, 1, 1, 1, 1});  // another unit
  bench.answer({1, 4, 4, 1, 1, 1, 1});  // another function
  CHECK(bench.sink.sent.size() == 1);
  bench.answer({1, 3, 4, 0, 7, 0, 8});
  CHECK(bench.sink.sent.size() == 2);
  CHECK(bench.said() == "a=7, b=8");
  CHECK(bench.sink.rejects.empty());
}

TEST_CASE("a damaged reply is told once, and the repeated one is taken") {
  Three bench;
  bench.turn();
  core::Bytes damaged = frame({1, 3, 4, 0, 7, 0, 8});
  damaged.back() ^= 1;
  bench.event(Kind::received, damaged);
  REQUIRE(bench.sink.rejects.size() == 1);
  CHECK(bench.sink.rejects[0].why.starts_with("CRC is "));
  CHECK(bench.sink.readings.empty());
  bench.answer({1, 3, 4, 0, 7, 0, 8});
  CHECK(bench.said() == "a=7, b=8");
  CHECK(bench.sink.rejects.size() == 1);
}

TEST_CASE("short and long replies are refused with their length") {
  for (const bool longer : {false, true}) {
    Three bench;
    bench.turn();
    if (longer) {
      bench.answer({1, 3, 6, 0, 1, 0, 2, 0, 3});
    } else {
      bench.answer({1, 3, 2, 0, 1});
    }
    REQUIRE(bench.sink.rejects.size() == 1);
    CHECK(bench.sink.rejects[0].why == (longer ? "long answer: 6 bytes of data, right would be 4"
                                               : "short answer: 2 bytes of data, right would be 4"));
    CHECK(bench.sink.readings.empty());
    bench.event(Kind::timed_out);
    CHECK(bench.sink.done_error == "no valid answer to function 3, registers 0 to 1");
    CHECK(bench.sink.rejects.size() == 1);
  }
}

TEST_CASE("half a reply is reported when its time is over") {
  Three bench;
  bench.turn();
  bench.received("01030400");
  bench.event(Kind::timed_out);
  REQUIRE(bench.sink.rejects.size() == 1);
  CHECK(core::to_hex(bench.sink.rejects[0].bytes) == "01030400");
}

TEST_CASE("an endless stream of noise is not kept, and the reply after it is found") {
  Three bench;
  bench.turn();
  for (int i = 0; i < 5000; ++i) bench.received("0103040103");
  bench.event(Kind::received, core::Bytes(5000, 0x01));
  bench.answer({1, 3, 4, 0, 7, 0, 8});
  CHECK(bench.said() == "a=7, b=8");
}

TEST_CASE("data that looks like a frame does not hide the reply it is part of") {
  test::Bench bench("unit = 1\n[[register]]\nchannel = \"x\"\naddress = 0\ncount = 8\n", "");
  bench.turn();
  core::Bytes reply{1, 3, 16};
  const core::Bytes inner = frame({9, 3, 2, 0, 1});  // a whole valid frame of another unit
  reply.insert(reply.end(), inner.begin(), inner.end());
  reply.resize(19);
  bench.bytewise(Kind::received, test::with_crc(std::move(reply)));
  CHECK(bench.sink.done_count == 1);
  CHECK(bench.sink.readings.size() == 8);
}

TEST_CASE("Modbus TCP: the transaction is checked and grows") {
  Three bench("framing = \"tcp\"");
  bench.turn();
  CHECK(bench.last_sent() == "000100000006010300000002");
  bench.received("00020000000701030400070008");  // another transaction
  bench.received("00010001000701030400070008");  // another protocol
  CHECK(bench.sink.readings.empty());
  bench.received("0001000000070103040007");
  bench.received("0008");
  CHECK(bench.said() == "a=7, b=8");
  CHECK(bench.last_sent() == "0002000000060103000A0001");
}

TEST_CASE("Modbus TCP: an absurd length does not stop the next frame from being found") {
  Three bench("framing = \"tcp\"");
  bench.turn();
  bench.received("00010000FFFF0103");
  bench.received("00010000000701030400070008");
  CHECK(bench.said() == "a=7, b=8");
}

TEST_CASE("Modbus TCP: an exception is named") {
  Three bench("framing = \"tcp\"");
  bench.turn();
  bench.received("00010000000301830B");
  CHECK(bench.sink.done_error.find("exception 0B (gateway target did not respond)") == 0);
}

TEST_CASE("a device without a unit only listens") {
  core::DriverDevice device = test::device_of("unit = 1", "ceyeko_ludp");
  std::get<core::ConfigNode::Table>(device.options.data()).erase("unit");
  test::Bench bench(device);
  bench.received("0103020010B988");
  CHECK(bench.said() == "distance=0.16 m");
  bench.turn();
  CHECK(bench.sink.sent.empty());
  CHECK(bench.sink.done_error.starts_with("unit: missing"));
}

TEST_CASE("a closed port forgets what was asked and half heard") {
  Three bench;
  bench.turn();
  bench.received("010304");
  bench.event(Kind::closed);
  bench.event(Kind::opened);
  bench.event(Kind::timed_out);
  CHECK(bench.sink.done_count == 0);
  CHECK(bench.sink.rejects.empty());
}

TEST_CASE("what others say on the line is no error of this device") {
  Three bench;
  bench.overheard("6810454110051533788116901FAA005959002CFFFFFFFF2CFFFFFFFFFFFFFF0000C216");
  CHECK(bench.sink.rejects.empty());
  bench.event(Kind::overheard, frame({1, 3, 0, 10, 0, 1}));  // a foreign master asks our device
  bench.event(Kind::overheard, frame({1, 3, 2, 0, 9}));
  CHECK(bench.said() == "c=9");
}

TEST_CASE("an overheard reply that does not fit its question gives nothing") {
  Three bench;
  bench.event(Kind::overheard, frame({1, 3, 0, 0, 0, 11}));
  bench.event(Kind::overheard, frame({1, 3, 2, 0, 9}));
  CHECK(bench.sink.readings.empty());
  bench.event(Kind::overheard, frame({1, 3, 0, 0, 0, 1}));
  bench.event(Kind::overheard, frame({1, 3, 4, 0, 9, 0, 9}));
  CHECK(bench.sink.readings.empty());
}

TEST_CASE("the echo of a question for coils that has the form of a reply is none") {
  test::Bench bench("unit = 1\nfunction = 1\n[[register]]\nchannel = \"flag_x\"\naddress = 0x0300\ncount = 20\n", "");
  bench.turn();
  const core::Bytes echo = bench.sink.sent.back().bytes;
  CHECK(core::to_hex(core::ByteView(echo).first(6)) == "010103000014");  // three bytes of data?
  bench.event(Kind::received, echo);
  CHECK(bench.sink.readings.empty());
  bench.event(Kind::received, frame({1, 1, 3, 1, 0, 0}));
  CHECK(bench.sink.readings.size() == 20);
  CHECK(bench.sink.done_count == 1);
}

namespace {

// As for decoding alone: neither unit nor profile.
test::Bench bare() {
  core::DriverDevice device = test::device_of("unit = 1", "ceyeko_ludp");
  std::get<core::ConfigNode::Table>(device.options.data()).erase("unit");
  device.profile = {};
  return test::Bench(device);
}

}  // namespace

TEST_CASE("without a profile frames are still checked") {
  test::Bench bench = bare();
  bench.received("0103020010B988");
  CHECK(bench.sink.rejects.empty());
  REQUIRE(bench.sink.heard_of.size() == 1);
  CHECK(bench.sink.heard_of[0].second == "reply of function 3: 0010");
  bench.received("0103020010B989");
  bench.event(Kind::timed_out);
  REQUIRE(bench.sink.rejects.size() == 1);
  CHECK(bench.sink.rejects[0].why == "CRC is B989, right would be B988");
}

TEST_CASE("an exception that was not asked for is named, with the question that was heard before") {
  test::Bench any = bare();
  any.event(Kind::received, frame({1, 3, 0, 10, 0, 1}));
  any.event(Kind::received, frame({1, 0x83, 1}));
  any.event(Kind::received, frame({1, 0x84, 2}));
  REQUIRE(any.sink.heard_of.size() == 2);
  CHECK(any.sink.heard_of[0].second == "exception 01 (illegal function) in answer to function 3, register 10");
  CHECK(any.sink.heard_of[1].second == "exception 02 (illegal data address) in answer to function 4");
  CHECK(any.sink.rejects.empty());
}

TEST_CASE("a late exception of the own device is neither a stranger nor a bad frame") {
  Three bench;
  bench.turn();
  bench.event(Kind::timed_out);
  bench.answer({1, 0x83, 6});
  CHECK(bench.sink.heard_of.empty());
  CHECK(bench.sink.rejects.empty());
  bench.answer({2, 0x83, 6});
  CHECK(bench.sink.heard_of.size() == 1);
}

TEST_CASE("a bad frame that was held is told when a good one comes behind it") {
  Three bench;
  bench.received("01030000000AC5CE");  // could be the beginning of one of TCP
  CHECK(bench.sink.rejects.empty());
  bench.received("010300050001940B");
  REQUIRE(bench.sink.rejects.size() == 1);
  CHECK(core::to_hex(bench.sink.rejects[0].bytes) == "01030000000AC5CE");
  CHECK(bench.sink.rejects[0].why == "CRC is C5CE, right would be C5CD");
  bench.event(Kind::timed_out);
  CHECK(bench.sink.rejects.size() == 1);
  bench.received("01030000000AC5CE010300050001940B");
  CHECK(bench.sink.rejects.size() == 2);
  bench.received("FF00037F01010300050001940B");
  CHECK(bench.sink.rejects.size() == 2);
}

TEST_CASE("a question for what cannot be asked for is refused, as is a reply of another length than it says") {
  struct Wrong {
    std::initializer_list<unsigned> bytes;
    const char* why;
  };
  const Wrong wrong[] = {
      {{1, 3, 0, 0, 0, 128}, "asks for 128 registers, at most 125"},
      {{1, 3, 0x10, 0, 0, 128}, "asks for 128 registers, at most 125"},
      {{1, 4, 0, 0, 0, 126}, "asks for 126 registers, at most 125"},
      {{1, 1, 0x10, 0, 7, 0xD1}, "asks for 2001 bits, at most 2000"},
      {{1, 3, 0x10, 0, 0, 0}, "asks for 0 registers, right would be 1 to 125"},
      {{1, 3, 0xFF, 0xFF, 0, 2}, "asks for 2 registers from 65535 on, the last is 65535"},
      {{1, 3, 5, 0, 1, 0, 2}, "byte count is 5, right would be 2 to 250, two bytes a register"},
      {{1, 3, 2, 0, 1, 0, 2}, "byte count is 2, but 4 bytes came"},
      {{1, 3, 252, 0, 1, 0, 2}, "byte count is 252, right would be 2 to 250, two bytes a register"},
  };
  for (const Wrong& one : wrong) {
    CAPTURE(one.why);
    test::Bench bench = bare();
    bench.event(Kind::received, frame(one.bytes));
    bench.event(Kind::timed_out);
    REQUIRE(bench.sink.rejects.size() == 1);
    CHECK(bench.sink.rejects[0].why == one.why);
    CHECK(bench.sink.heard_of.empty());
  }
  for (const auto& right :
       {frame({1, 3, 0x10, 0, 0, 125}), frame({1, 1, 0x10, 0, 7, 0xD0}), frame({1, 3, 0xFF, 0xFE, 0, 2})}) {
    test::Bench bench = bare();
    bench.event(Kind::received, right);
    bench.event(Kind::timed_out);
    CHECK(bench.sink.rejects.empty());
  }
  test::Bench tcp("unit = 1\nframing = \"tcp\"", kThree);
  tcp.received("000100000006010300000080");
  tcp.event(Kind::timed_out);
  REQUIRE(tcp.sink.rejects.size() == 1);
  CHECK(tcp.sink.rejects[0].why == "asks for 128 registers, at most 125");
}

TEST_CASE("what waits for its rest is rejected when nothing more comes, and noise at once") {
  Three bench;
  bench.received("010304");
  CHECK(bench.sink.rejects.empty());
  bench.event(Kind::timed_out);
  REQUIRE(bench.sink.rejects.size() == 1);
  CHECK(core::to_hex(bench.sink.rejects[0].bytes) == "010304");
  bench.event(Kind::timed_out);
  CHECK(bench.sink.rejects.size() == 1);
}

TEST_CASE("TCP is recognised where nobody said what it is, also in two bursts") {
  test::Bench bench("unit = 1", "ceyeko_ludp");
  bench.received("000100000006010300000001");
  bench.received("00010000000501");
  bench.received("03020010");
  CHECK(bench.said() == "distance=0.16 m");
  bench.received("000200000006010300000001");
  bench.received("0003000000050103020010");
  bench.event(Kind::timed_out);
  CHECK(bench.sink.readings.size() == 1);
  REQUIRE(bench.sink.rejects.size() == 1);
  CHECK(bench.sink.rejects[0].why == "transaction is 3, right would be 2");
}

TEST_CASE("a framing that was chosen is kept to") {
  test::Bench bench("unit = 1\nframing = \"rtu\"", "ceyeko_ludp");
  bench.received("0001000000050103020010");
  bench.event(Kind::timed_out);
  CHECK(bench.said().empty());
  CHECK(bench.sink.rejects.size() == 1);
}
