#include "agent/acquire/timing.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/acquire/rig.h"

using namespace afferent;
using namespace afferent::test;

namespace {

const core::LineSettings k2400Even{2400, 8, core::Parity::even, 1};

// When the last byte of write `i` has left, at `line`.
core::Nanos end_of(const Rig& rig, std::size_t i, const core::LineSettings& line) {
  return rig.writes[i].at + acquire::time_of(rig.writes[i].bytes.size(), line);
}

}  // namespace

TEST_CASE("silence is 3.5 characters up to 19200 bit/s and 1.75 ms above") {
  CHECK(acquire::silence_of({9600, 8, core::Parity::none, 1}) == 3'645'833ns);   // 35 bits
  CHECK(acquire::silence_of({2400, 8, core::Parity::even, 1}) == 16'041'666ns);  // 38.5 bits
  CHECK(acquire::silence_of({19'200, 8, core::Parity::even, 1}) == 2'005'208ns);
  CHECK(acquire::silence_of({38'400, 8, core::Parity::none, 1}) == 1750us);
  CHECK(acquire::time_of(10, {1200, 8, core::Parity::even, 1}) == 91'666'666ns);
  CHECK(acquire::time_of(1, {0, 8, core::Parity::none, 1}) > 0ns);
}

TEST_CASE("each request follows the last byte of anybody by the silence") {
  Rig rig;
  rig.add({.poll = 0s});
  rig.add({.poll = 0s});
  rig.start();
  rig.run(2s);
  REQUIRE(rig.writes.size() > 50);
  for (std::size_t i = 1; i < rig.writes.size(); ++i) {
    CHECK(rig.writes[i].at - rig.heard_at[i - 1] == acquire::silence_of(rig.base));
  }
}

TEST_CASE("a device's own silence goes before the line's, and the line's before the computed one") {
  Rig rig({.id = "bus", .silence = 40ms});
  rig.add({.poll = 0s});
  rig.add({.poll = 0s, .silence = 90ms});
  rig.start();
  rig.run(2s);
  REQUIRE(rig.writes.size() > 10);
  for (std::size_t i = 1; i < rig.writes.size(); ++i) {
    CHECK(rig.writes[i].at - rig.heard_at[i - 1] == (rig.writes[i].bytes[0] == 1 ? 40ms : 90ms));
  }
}

TEST_CASE("a stream needs no silence") {
  Rig rig({.id = "tcp"}, core::Port::Medium::stream);
  rig.add({.poll = 0s});
  rig.start();
  rig.run(1s);
  REQUIRE(rig.writes.size() > 100);
  for (std::size_t i = 1; i < rig.writes.size(); ++i) CHECK(rig.writes[i].at == rig.heard_at[i - 1]);
  CHECK(rig.port->configured.empty());
}

TEST_CASE("devices of two baud rates share a line: it is switched before each request, and the slower silence holds") {
  Rig rig;
  rig.add({.poll = 0s});
  rig.add({.poll = 0s, .line = k2400Even});
  rig.start();
  rig.run(5s);
  for (std::size_t i = 0; i < rig.writes.size(); ++i) {
    const bool slow = rig.writes[i].bytes[0] == 2;
    CHECK(rig.writes[i].line == (slow ? k2400Even : rig.base));
    const bool switched = i > 0 && rig.writes[i].line != rig.writes[i - 1].line;
    if (switched) CHECK(rig.writes[i].at - rig.heard_at[i - 1] >= acquire::silence_of(k2400Even));
  }
  CHECK(rig.polls.of(0) >= 5);
  CHECK(rig.polls.of(1) >= 5);
}

TEST_CASE("a line that needs no other settings is configured once for each opening") {
  Rig rig;
  rig.add({.poll = 100ms});
  rig.start();
  rig.run(1s);
  CHECK(rig.port->configured.size() == 1);
  rig.port->closes(rig.clock.stamp);
  rig.port->opens(rig.clock.stamp);
  rig.run(1s);
  CHECK(rig.port->configured.size() == 2);
}

TEST_CASE("the reply time-out runs from the end of the transmission") {
  Rig rig({.id = "bus", .line = k2400Even});
  auto& driver = rig.add({.poll = 10s, .reply_timeout = 200ms, .retries = 1});
  driver.scripts[WireEvent::Kind::turn] = [](const WireEvent&, core::Sink& sink) {
    sink.send(request(core::Bytes(100, 0x01)));  // 458 ms on the line
  };
  rig.dead[1] = true;
  rig.start();
  rig.run(5s);
  REQUIRE(rig.writes.size() == 2);
  CHECK(rig.writes[1].at == end_of(rig, 0, k2400Even) + 200ms);
}

TEST_CASE("an answer that has begun in time may come in pieces beyond the time-out") {
  Rig rig;
  auto& driver = rig.add({.poll = 10s, .reply_timeout = 100ms});
  rig.meter = [&rig](core::ByteView) {
    rig.later(95ms, [&rig] { rig.says({1}); });
    rig.later(135ms, [&rig] { rig.says({0x83}); });
    rig.later(175ms, [&rig] { rig.says({7}); });
    return true;
  };
  rig.start();
  rig.run(2s);
  CHECK(rig.polls.of(0) == 1);
  CHECK(rig.writes.size() == 1);
  CHECK(driver.count(WireEvent::Kind::timed_out) == 0);
}

TEST_CASE("the first request after foreign bytes keeps its distance from them") {
  Rig rig;
  rig.add({.poll = 1s});
  rig.start();
  rig.run(999ms);
  rig.says({0x55, 0x55});
  for (int i = 1; i <= 5; ++i) rig.later(i * 1ms, [&rig] { rig.says({0x55}); });
  rig.run(500ms);

  REQUIRE(rig.writes.size() == 2);
  // The answer is the last thing heard, the foreign byte the one before.
  CHECK(rig.writes[1].at == rig.heard_at[rig.heard_at.size() - 2] + acquire::silence_of(rig.base));
}
