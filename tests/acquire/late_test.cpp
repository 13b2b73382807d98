// Answers that come later than their time-out: never taken for those of the next request.
#include <doctest/doctest.h>

#include "agent/acquire/owed.h"
#include "tests/acquire/rig.h"

using namespace afferent;
using namespace afferent::test;
using Kind = WireEvent::Kind;

namespace {

// Two blocks in a turn; like a register list without transaction numbers, any answer is taken for that of the block
// that was asked last. {1, 3, block} is answered {1, 0x83, block}.
struct TwoBlocks {
  explicit TwoBlocks(ScriptedDriver& driver) {
    driver.scripts[Kind::turn] = [this](const WireEvent&, core::Sink& sink) { ask(1, sink); };
    driver.scripts[Kind::received] = [this](const WireEvent& event, core::Sink& sink) {
      for (std::size_t i = 0; i + 2 < event.bytes.size(); i += 3) {
        if (block == 0) return;
        (event.bytes[i + 2] == block ? right : wrong) += 1;
        if (block == 2) {
          block = 0;
          sink.reading(core::DeviceRef{0}, core::Channel{0}, core::Value::number(1));
          return sink.done({});
        }
        ask(2, sink);
        return;  // as a driver does that empties its inbox with each question
      }
    };
    driver.scripts[Kind::timed_out] = [this](const WireEvent&, core::Sink& sink) {
      block = 0;
      sink.done(core::Error(core::ErrorCode::retry, "no answer"));
    };
    driver.scripts[Kind::overheard] = [this](const WireEvent& event, core::Sink&) { overheard += event.bytes.size(); };
  }
  void ask(std::uint8_t which, core::Sink& sink) {
    block = which;
    sink.send(request({1, 3, which}));
  }
  std::uint8_t block = 0;
  int right = 0;
  int wrong = 0;
  std::size_t overheard = 0;
};

// Answers request `n`, from 0, `latency(n)` after its end.
void answers_after(Rig& rig, std::function<core::Nanos(std::size_t)> latency) {
  rig.meter = [&rig, latency = std::move(latency)](core::ByteView bytes) {
    const core::Bytes answer{bytes[0], 0x83, bytes[2]};
    rig.later(rig.on_line(bytes.size()) + latency(rig.writes.size() - 1), [&rig, answer] { rig.says(answer); });
    return true;
  };
}

}  // namespace

TEST_CASE("the second answer to a repeated request is not taken for the answer to the next one") {
  Rig rig;
  auto& driver = rig.add({.poll = 10s, .reply_timeout = 1000ms, .retries = 2});
  TwoBlocks blocks(driver);
  SUBCASE("the first one is late") {
    answers_after(rig, [](std::size_t n) { return n == 0 ? 1200ms : 210ms; });
    rig.start();
    rig.run(5s);
    REQUIRE(rig.writes.size() == 3);
    // It comes, and the line goes on.
    CHECK(rig.writes[2].at == rig.heard_at[1] + acquire::silence_of(rig.base));
  }
  SUBCASE("all are late") {
    answers_after(rig, [](std::size_t) { return 1200ms; });
    rig.start();
    rig.run(8s);
    REQUIRE(rig.writes.size() == 4);
    CHECK(rig.writes[2].at == rig.heard_at[1] + acquire::silence_of(rig.base));
  }
  SUBCASE("each is late, and they are worked off one after the other") {
    answers_after(rig, [](std::size_t n) { return n % 2 == 0 ? 1200ms : 1400ms; });
    rig.start();
    rig.run(8s);
    REQUIRE(rig.writes.size() == 4);
  }
  SUBCASE("the answer comes when the third is about to go out") {
    answers_after(rig, [](std::size_t n) { return n == 0 ? 2010ms : 1500ms; });
    rig.start();
    rig.run(9s);
  }
  SUBCASE("all in one piece") {
    rig.meter = [&rig](core::ByteView bytes) {
      const std::uint8_t block = bytes[2];
      if (rig.writes.size() == 2) rig.later(300ms, [&rig, block] { rig.says({1, 0x83, block, 1, 0x83, block}); });
      return rig.writes.size() <= 2;
    };
    rig.start();
    rig.run(5s);
    REQUIRE(rig.writes.size() == 3);
  }
  CHECK(blocks.wrong == 0);
  CHECK(blocks.right == 2);
  CHECK(rig.polls.of(0) == 1);
}

TEST_CASE("a device whose second answer may come waits for it between its turns too, others do not") {
  Rig rig;
  auto& first = rig.add({.poll = 200ms, .reply_timeout = 500ms, .retries = 1});
  rig.add({.poll = 20s});
  bool lost = true;
  rig.meter = [&lost](core::ByteView bytes) { return bytes[0] == 1 && std::exchange(lost, false); };
  SUBCASE("it was the request that was lost: nothing comes") {
    rig.start();
    rig.run(3s);
    REQUIRE(rig.writes_to(2).size() == 1);
    REQUIRE(rig.writes_to(1).size() > 3);
    const core::Nanos repeated = rig.writes_to(1)[1];
    CHECK(rig.writes_to(2)[0] < repeated + 100ms);
    CHECK(rig.writes_to(1)[2] >= repeated + 500ms);
    CHECK(rig.writes_to(1)[2] <= repeated + 700ms);
    CHECK(rig.line->health().never_quiet == 0);
  }
  SUBCASE("the first answer came, damaged: no other is due") {
    first.scripts[Kind::received] = [&first, n = 0](const WireEvent& event, core::Sink& sink) mutable {
      if (++n > 1) return first.usual(event, sink);
      sink.reject(event.bytes, "CRC");
    };
    lost = false;
    rig.start();
    rig.run(3s);
    REQUIRE(rig.writes_to(1).size() > 3);
    CHECK(rig.writes_to(1)[2] < rig.writes_to(1)[1] + 250ms);
  }
  CHECK(rig.polls.of(1) == 1);
}

TEST_CASE("a device that gave no answer is asked again only when that can not come any more, others at once") {
  Rig rig;
  auto& driver = rig.add({.poll = 1s, .reply_timeout = 3s, .retries = 0});
  rig.add({.poll = 100ms});
  TwoBlocks blocks(driver);
  rig.meter = [&rig](core::ByteView bytes) {
    if (bytes[0] != 1) return false;
    const core::Bytes answer{1, 0x83, bytes[2]};
    const bool late = rig.writes_to(1).size() == 2;  // the second block of the first turn
    rig.later(late ? 5s : 20ms, [&rig, answer] { rig.says(answer); });
    return true;
  };
  rig.start();
  rig.run(3500ms);
  const std::size_t polls = rig.polls.of(1);
  CHECK(polls >= 4);  // the line is not held
  SUBCASE("by polls") {
    rig.run(10s);
    const auto times = rig.writes_to(1);
    REQUIRE(times.size() > 2);
    CHECK(times[2] >= times[1] + 6s);
  }
  SUBCASE("by a command") {
    driver.on_command = [&blocks](const core::DeviceCommand&, core::Sink& sink) { blocks.ask(2, sink); };
    rig.line->command(core::DeviceId{0}, {}, [](const auto&) {});
    rig.run(10s);
    const auto times = rig.writes_to(1);
    REQUIRE(times.size() > 2);
    CHECK(times[2] >= times[1] + 6s);
  }
  CHECK(blocks.wrong == 0);
  CHECK(rig.polls.of(0) >= 1);
}

TEST_CASE("bytes that come before the next request is out are no answer to it") {
  Rig rig;
  auto& driver = rig.add({.poll = 10s});
  TwoBlocks blocks(driver);
  rig.meter = [&rig](core::ByteView bytes) {
    const core::Bytes answer{1, 0x83, bytes[2]};
    rig.later(20ms, [&rig, answer] { rig.says(answer); });
    if (rig.writes.size() == 1) rig.later(21ms, [&rig, answer] { rig.says(answer); });
    return true;
  };
  rig.start();
  rig.run(3s);
  CHECK(blocks.wrong == 0);
  CHECK(blocks.right == 2);
  CHECK(blocks.overheard == 3);
}

TEST_CASE("a port that was opened anew owes nothing") {
  Rig rig;
  rig.add({.poll = 20s, .reply_timeout = 5s, .retries = 0});
  rig.dead[1] = true;
  rig.start();
  rig.run(5100ms);
  REQUIRE(rig.writes.size() == 1);
  rig.port->closes(rig.clock.stamp);
  rig.port->opens(rig.clock.stamp);
  bool asked = false;
  rig.dead[1] = false;
  rig.line->command(core::DeviceId{0}, {.device = {}, .verb = "x", .arguments = {}},
                    [&asked](const auto&) { asked = true; });
  rig.run(100ms);
  CHECK(asked);
}

TEST_CASE("answers are owed by as many sendings as were made, less those that were answered badly") {
  acquire::OwedAnswers owed;
  const core::Bytes answer{1, 3, 2, 0, 7, 9};
  owed.sent(1s, 1s, false);
  owed.sent(2s, 1s, true);
  owed.sent(3s, 1s, true);
  SUBCASE("none was") {
    owed.answer(answer);
    owed.answered(3500ms);
    CHECK(owed.until() >= 4s);
    CHECK(owed.until() <= 5100ms);
    owed.overheard(answer, 3600ms);
    CHECK(owed.until() >= 4s);
    owed.overheard(core::ByteView(answer).first(5), 3700ms);
    CHECK(owed.until() >= 4s);
    owed.overheard(core::ByteView(answer).last(1), 3800ms);
    CHECK(owed.until() == 3800ms);
  }
  SUBCASE("two were") {
    owed.spoilt();
    owed.spoilt();
    owed.answer(answer);
    owed.answered(3500ms);
    CHECK(owed.until() == 0s);
  }
  SUBCASE("given up") { CHECK(owed.given_up() == 5s); }
  SUBCASE("given up with nothing owed") {
    for (int i = 0; i < 3; ++i) owed.spoilt();
    CHECK(owed.given_up() == 0s);
  }
  SUBCASE("another request is out") {
    owed.answer(answer);
    owed.answered(3500ms);
    owed.sent(6s, 1s, false);
    CHECK(owed.until() == 0s);
  }
}
