// Another master asks our device too: its answers are never taken for ours.
#include <random>

#include "drivers/modbus/questions.h"
#include "tests/drivers/modbus/harness.h"

using namespace afferent;
using namespace std::chrono_literals;
using Kind = core::WireEvent::Kind;

namespace {

core::Bytes frame(std::initializer_list<unsigned> bytes) {
  core::Bytes out;
  for (const unsigned byte : bytes) out.push_back(static_cast<std::uint8_t>(byte));
  return test::with_crc(std::move(out));
}

core::Bytes joined(std::initializer_list<core::Bytes> parts) {
  core::Bytes all;
  for (const core::Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

constexpr std::array<std::size_t, 5> kChunks{1, 3, 8, 9, 1000};
const core::Bytes kTheirs = frame({1, 3, 0, 20, 0, 2});
const core::Bytes kTheirReply = frame({1, 3, 4, 0x0B, 0xAD, 0x0B, 0xAD});
const core::Bytes kOurReply = frame({1, 3, 4, 0, 7, 0, 8});
const core::Bytes kOurSecondReply = frame({1, 3, 4, 0, 9, 0, 10});

// Two blocks of the same length: 0 to 1 and 10 to 11. Bytes come in pieces of `chunk`.
struct Shared : test::Bench {
  explicit Shared(std::size_t size = 1000)
      : Bench(
            "unit = 1\n[[register]]\nchannel = \"a\"\naddress = 0\ncount = 2\n[[register]]\nchannel = \"b\"\n"
            "address = 10\ncount = 2\n",
            ""),
        chunk(size) {}
  void comes(Kind kind, core::ByteView bytes) {
    for (std::size_t at = 0; at < bytes.size(); at += chunk) {
      core::WireEvent event;
      event.kind = kind;
      event.at.boot = now;
      event.bytes = bytes.subspan(at, std::min(chunk, bytes.size() - at));
      driver->on(event, sink);
    }
  }
  void happens(Kind kind) {
    core::WireEvent event;
    event.kind = kind;
    event.at.boot = now;
    driver->on(event, sink);
  }
  void overheard(core::ByteView bytes) { comes(Kind::overheard, bytes); }
  void received(core::ByteView bytes) { comes(Kind::received, bytes); }

  std::size_t chunk;
  core::Nanos now = 100s;
};

constexpr const char* kAll = "a0=7, a1=8, b0=9, b1=10";

}  // namespace

TEST_CASE("an answer to a question that was heard before ours goes to who asked it") {
  const core::Bytes answers[] = {joined({kTheirReply, kOurReply}),
                                 joined({{1, 3, 0x55}, kTheirReply, {1, 3}, kOurReply}),
                                 joined({frame({1, 0x83, 2}), kOurReply})};
  for (const core::Bytes& bytes : answers) {
    for (const std::size_t chunk : kChunks) {
      CAPTURE(chunk);
      Shared bench(chunk);
      bench.overheard(kTheirs);
      bench.now += 50ms;
      bench.happens(Kind::turn);
      bench.received(bytes);
      bench.received(kOurSecondReply);
      CHECK(bench.said() == kAll);
      CHECK(bench.sink.done_error.empty());
      CHECK(bench.sink.rejects.empty());
    }
  }
}

TEST_CASE("what is overheard while our question waits for its time stands before it") {
  Shared bench(3);
  bench.overheard(kTheirs);
  bench.happens(Kind::turn);
  SUBCASE("an answer") { bench.overheard(kTheirReply); }
  SUBCASE("a question") {
    bench.overheard(frame({1, 3, 0, 30, 0, 2}));
    bench.received(joined({kTheirReply, kTheirReply}));
  }
  CHECK(bench.said().empty());
  CHECK(bench.sink.sent.size() == 1);
  bench.received(joined({kOurReply}));
  bench.received(kOurSecondReply);
  CHECK(bench.said() == kAll);
}

TEST_CASE("a question that nobody answers is forgotten") {
  Shared bench;
  bench.overheard(kTheirs);
  bench.happens(Kind::turn);
  bench.received(kOurReply);
  CHECK(bench.said().empty());
  bench.now += 2100ms;  // the line repeats ours
  bench.received(kOurReply);
  bench.received(kOurSecondReply);
  CHECK(bench.said() == kAll);
}

TEST_CASE("a question of another length, function or unit does not matter") {
  const core::Bytes others[] = {frame({1, 3, 0, 20, 0, 3}), frame({1, 4, 0, 20, 0, 2}), frame({2, 3, 0, 20, 0, 2})};
  for (const core::Bytes& theirs : others) {
    for (const bool after : {false, true}) {
      Shared bench;
      if (!after) bench.overheard(theirs);
      bench.happens(Kind::turn);
      if (after) bench.received(theirs);
      bench.received(kOurReply);
      bench.received(kOurSecondReply);
      CHECK(bench.said() == kAll);
    }
  }
}

TEST_CASE("the answer to a longer question of others is no bad answer to ours, whatever its data look like") {
  Shared bench;
  bench.overheard(frame({1, 3, 0, 20, 0, 5}));
  bench.happens(Kind::turn);
  core::Bytes long_reply{1, 3, 10};
  long_reply.insert(long_reply.end(), kTheirReply.begin(), kTheirReply.end());
  long_reply.push_back(0);
  bench.bytewise(Kind::received, test::with_crc(std::move(long_reply)));
  CHECK(bench.sink.rejects.empty());
}

// Ours is out, then somebody else asks, and two answers come. Whether the device answers in order, or lost one of the
// questions, nobody can tell: ours is asked again.
TEST_CASE("answers after a question that came behind ours are taken for nothing, and ours is asked again") {
  const core::Bytes answers[] = {joined({kOurReply, kTheirReply}), joined({kTheirReply, kOurReply})};
  for (const core::Bytes& bytes : answers) {
    for (const std::size_t chunk : kChunks) {
      CAPTURE(chunk);
      Shared bench(chunk);
      bench.happens(Kind::turn);
      const core::Bytes ours = bench.sink.sent.back().bytes;
      bench.received(joined({kTheirs, bytes}));
      CHECK(bench.said().empty());
      REQUIRE(bench.sink.sent.size() == 2);
      CHECK(bench.sink.sent.back().bytes == ours);
      bench.received(kOurReply);
      bench.received(kOurSecondReply);
      CHECK(bench.said() == kAll);
      CHECK(bench.sink.rejects.empty());
    }
  }
}

TEST_CASE("of two questions only one is answered, whose is not known") {
  Shared bench;
  bench.happens(Kind::turn);
  bench.received(joined({kTheirs, kTheirReply}));
  CHECK(bench.said().empty());
  CHECK(bench.sink.sent.size() == 1);
  SUBCASE("an answer that comes soon may be that to the other one") {
    bench.now += 980ms;
    bench.received(kOurReply);
    CHECK(bench.said().empty());
    CHECK(bench.sink.sent.size() == 2);
  }
  SUBCASE("one that comes later is ours") { bench.now += 2100ms; }
  bench.received(kOurReply);
  bench.received(kOurSecondReply);
  CHECK(bench.said() == kAll);
}

TEST_CASE("a line that is never ours alone does not make us ask without end") {
  Shared bench;
  bench.happens(Kind::turn);
  for (int i = 0; i < 50; ++i) bench.received(joined({kTheirs, kTheirReply, kOurReply}));
  CHECK(bench.said().empty());
  CHECK(bench.sink.sent.size() <= 4);
  bench.happens(Kind::timed_out);
  CHECK(bench.sink.done_count == 1);
}

TEST_CASE("the same question of somebody else is answered once more, which is no answer to our next one") {
  Shared bench;
  bench.happens(Kind::turn);
  const core::Bytes ours = bench.sink.sent.back().bytes;
  bench.received(joined({ours, kOurReply}));
  CHECK(bench.said() == "a0=7, a1=8");
  bench.received(kOurReply);
  bench.received(kOurSecondReply);
  CHECK(bench.said() == kAll);
}

TEST_CASE("an own echo is nobody's question") {
  Shared bench;
  bench.happens(Kind::turn);
  bench.overheard(bench.sink.sent.back().bytes);
  bench.received(kOurReply);
  bench.overheard(bench.sink.sent.back().bytes);
  bench.received(kOurSecondReply);
  CHECK(bench.said() == kAll);
}

TEST_CASE("data of an answer that look like a question are none, in any chunking") {
  for (const std::size_t chunk : {1u, 4u, 11u, 1000u}) {
    test::Bench bench("unit = 1\n[[register]]\nchannel = \"x\"\naddress = 0\ncount = 8\n", "");
    bench.turn();
    core::Bytes reply{1, 3, 16};
    const core::Bytes inner = frame({1, 3, 0, 20, 0, 8});
    reply.insert(reply.end(), inner.begin(), inner.end());
    reply.resize(19);
    reply = test::with_crc(std::move(reply));
    for (std::size_t at = 0; at < reply.size(); at += chunk)
      bench.event(Kind::received, core::ByteView(reply).subspan(at, std::min(chunk, reply.size() - at)));
    CHECK(bench.sink.done_count == 1);
    CHECK(bench.sink.readings.size() == 8);
  }
}

TEST_CASE("what others read of our registers is taken only where it is clear which they are") {
  const core::Bytes first = frame({1, 3, 0, 0, 0, 2});
  SUBCASE("one question") {
    Shared bench;
    bench.overheard(first);
    bench.overheard(kOurReply);
    CHECK(bench.said() == "a0=7, a1=8");
  }
  SUBCASE("two that are not answered yet") {
    Shared bench;
    bench.overheard(kTheirs);
    bench.overheard(first);
    bench.overheard(kTheirReply);
    bench.overheard(kOurReply);
    CHECK(bench.said().find("2989") == std::string::npos);
  }
  SUBCASE("the answer to our own question is late") {
    Shared bench;
    bench.happens(Kind::turn);
    bench.now += 1s;
    bench.happens(Kind::timed_out);
    bench.overheard(frame({1, 3, 0, 10, 0, 2}));
    bench.overheard(kOurReply);
    CHECK(bench.said().empty());
  }
  SUBCASE("long ago") {
    Shared bench;
    bench.overheard(first);
    bench.now += 3s;
    bench.overheard(kTheirReply);
    CHECK(bench.said().empty());
  }
}

// A device that works off all it is asked in order, at any pace, and another master that asks at any time.
TEST_CASE("no value of another master's registers is ever published as ours") {
  std::mt19937 random(88);
  int good = 0;
  for (int round = 0; round < 3000; ++round) {
    Shared bench(1 + random() % 12);
    std::vector<core::Bytes> due;  // answers
    bool ours_out = false;
    std::size_t seen = 0;
    const auto device = [&] {
      if (due.empty()) return;
      const core::Bytes reply = due.front();
      due.erase(due.begin());
      if (ours_out) {
        bench.received(reply);
      } else {
        bench.overheard(reply);
      }
    };
    const auto they_ask = [&] {
      if (ours_out) {
        bench.received(kTheirs);
      } else {
        bench.overheard(kTheirs);
      }
      due.push_back(kTheirReply);
    };
    for (auto i = random() % 3; i > 0; --i) they_ask();
    bench.happens(Kind::turn);
    for (int step = 0; step < 40 && bench.sink.done_count == 0; ++step) {
      if (seen < bench.sink.sent.size()) {
        if (random() % 4 == 0) they_ask();
        const core::Bytes& ours = bench.sink.sent[seen++].bytes;
        due.push_back(ours[3] == 0 ? kOurReply : kOurSecondReply);
        ours_out = true;
      }
      if (random() % 5 == 0 && due.size() < 4) they_ask();
      device();
    }
    CHECK(bench.said().find("2989") == std::string::npos);
    CHECK(bench.said().find("a0=9") == std::string::npos);
    CHECK(bench.said().find("b0=7") == std::string::npos);
    good += bench.said() == kAll ? 1 : 0;
  }
  CHECK(good > 1500);
}

TEST_CASE("questions are kept in bounded number") {
  drivers::modbus::Questions questions;
  questions.ask({{3, 0, 2}, 1, 0, 0s});
  for (std::uint16_t i = 1; i < 1000; ++i) questions.hear({{3, i, 2}, 1, 0, 0s}, i % 2 == 0);
  int answers = 0;
  while (questions.answered({1, 3, 4}, 0s).whose != drivers::modbus::Questions::Whose::nobodys) ++answers;
  CHECK(answers == static_cast<int>(drivers::modbus::Questions::kMost));
}
