#include <doctest/doctest.h>

#include "agent/acquire/echo.h"
#include "tests/acquire/rig.h"

using namespace afferent;
using namespace afferent::test;
using acquire::EchoFilter;

namespace {

const core::Bytes kRequest{1, 6, 0, 9};
const core::Bytes kAnswer{1, 6, 7, 7, 7};

core::Bytes joined(core::ByteView left, core::ByteView right) {
  core::Bytes all(left.begin(), left.end());
  all.insert(all.end(), right.begin(), right.end());
  return all;
}

// What the driver would get as answer when `wire` comes in pieces of `chunk` bytes.
core::Bytes answer_of(EchoFilter& filter, core::ByteView wire, std::size_t chunk, core::Bytes* echo = nullptr) {
  core::Bytes answer;
  filter.sent(kRequest);
  for (std::size_t i = 0; i < wire.size(); i += chunk) {
    const auto parts = filter.received(wire.subspan(i, std::min(chunk, wire.size() - i)));
    answer = joined(joined(answer, parts.head), parts.rest);
    if (echo != nullptr) *echo = joined(*echo, parts.echo);
  }
  return joined(answer, filter.release());
}

}  // namespace

TEST_CASE("an echo is taken off in front of an answer, in any chunking") {
  for (const std::size_t chunk : {1u, 2u, 3u, 4u, 5u, 9u}) {
    EchoFilter filter;
    core::Bytes echo;
    CHECK(answer_of(filter, joined(kRequest, kAnswer), chunk, &echo) == kAnswer);
    CHECK(echo == kRequest);
    // Now the line is known to echo: an answer that equals its request is not lost, and an echo alone is no answer.
    CHECK(answer_of(filter, joined(kRequest, kRequest), chunk) == kRequest);
    CHECK(answer_of(filter, kRequest, chunk).empty());
  }
}

TEST_CASE("without echo nothing is taken off, in any chunking, not even an answer that equals its request") {
  for (const std::size_t chunk : {1u, 2u, 3u, 4u, 5u}) {
    EchoFilter filter;
    CHECK(answer_of(filter, kRequest, chunk) == kRequest);  // nothing is known yet
    CHECK(answer_of(filter, kAnswer, chunk) == kAnswer);
    CHECK(answer_of(filter, kRequest, chunk) == kRequest);
  }
}

TEST_CASE("a line whose habit changes is learned anew") {
  EchoFilter filter;
  CHECK(answer_of(filter, kAnswer, 9) == kAnswer);
  CHECK(answer_of(filter, joined(kRequest, kAnswer), 9) == joined(kRequest, kAnswer));  // believed to be silent
  CHECK(answer_of(filter, joined(kRequest, kAnswer), 9) == kAnswer);
  for (int i = 0; i < 4; ++i) CHECK(answer_of(filter, kAnswer, 9) == kAnswer);
  CHECK(answer_of(filter, kRequest, 9) == kRequest);
}

TEST_CASE("devices on a line with echo are read as without, and their drivers overhear their own requests") {
  Rig rig;
  rig.echoes = true;
  auto& driver = rig.add({.poll = 1s});
  core::Bytes overheard;
  driver.scripts[WireEvent::Kind::overheard] = [&](const WireEvent& event, core::Sink&) {
    overheard = joined(overheard, event.bytes);
  };
  rig.start();
  rig.run(4900ms);
  CHECK(rig.polls.of(0) == 5);
  CHECK(rig.health(0).rejects == 0);
  CHECK(rig.writes.size() == 5);
  CHECK(overheard.size() == 15);
}

TEST_CASE("a foreign master is overheard by all drivers, delays requests, and harms none") {
  Rig rig;
  auto& first = rig.add({.poll = 1s});
  auto& second = rig.add({.poll = 1s});
  rig.start();
  rig.run(250ms);
  const core::Bytes frame{9, 3, 0, 1};
  for (int i = 0; i < 100; ++i) rig.later(i * 130ms, [&] { rig.says(frame); });
  rig.run(13s);
  CHECK(first.count(WireEvent::Kind::overheard) > 90);
  CHECK(first.count(WireEvent::Kind::overheard) == second.count(WireEvent::Kind::overheard));
  CHECK(rig.line->health().overheard_bytes > 4 * 90);
  CHECK(rig.polls.of(0) >= 13);
  CHECK(rig.polls.of(1) >= 13);
  CHECK(rig.health(0).rejects + rig.health(1).rejects <= 8);  // those that fell into an answer
}

TEST_CASE("what comes in the turn of one device is overheard by the drivers of the others") {
  Rig rig;
  auto& first = rig.add({.poll = 1h});
  auto& second = rig.add({.poll = 1h});
  core::Bytes got;
  core::Bytes overheard;
  first.scripts[WireEvent::Kind::received] = [&](const WireEvent& event, core::Sink& sink) {
    got = joined(got, event.bytes);
    if (got.size() == 7) sink.done({});
  };
  second.scripts[WireEvent::Kind::overheard] = [&](const WireEvent& event, core::Sink&) {
    overheard = joined(overheard, event.bytes);
  };
  rig.meter = [&rig](core::ByteView bytes) {
    if (bytes[0] != 1) return false;
    rig.later(20ms, [&rig] { rig.says({2, 3, 0, 1}); });  // a foreign master asks the other device
    rig.later(30ms, [&rig] { rig.says({1, 0x83, 9}); });
    return true;
  };
  rig.start();
  rig.run(1s);
  CHECK(got == core::Bytes{2, 3, 0, 1, 1, 0x83, 9});
  CHECK(overheard == joined(rig.writes[0].bytes, got));  // with what was asked
  CHECK(rig.polls.of(1) == 1);
}

TEST_CASE("an answer that comes after its turn is overheard, not taken for the next device's") {
  Rig rig;
  auto& late = rig.add({.poll = 10s, .reply_timeout = 100ms, .retries = 0});
  rig.meter = [&rig](core::ByteView) {
    rig.later(300ms, [&rig] { rig.says({1, 0x83, 5}); });
    return true;
  };
  rig.start();
  rig.run(2s);
  CHECK(late.count(WireEvent::Kind::overheard) == 1);
  CHECK(rig.polls.polls.empty());
}

TEST_CASE("a babbling line can not hold a turn for ever, and polling goes on when it falls silent") {
  Rig rig;
  auto& driver = rig.add({.poll = 1s, .reply_timeout = 200ms, .retries = 1});
  bool babbles = true;
  std::function<void()> babble = [&] {
    if (!babbles) return;
    rig.says({0x55, 0x55});
    rig.later(2ms, babble);
  };
  SUBCASE("it begins in a turn") {
    rig.start();
    rig.run(5ms);
    babble();
    rig.run(1min);
    CHECK(rig.health(0).timeouts >= 1);
  }
  SUBCASE("it was there before") {
    rig.start();
    babble();
    rig.run(1min);
    CHECK(rig.writes.empty());
    CHECK(rig.line->health().never_quiet > 10);
    CHECK(rig.health(0).timeouts == 0);
    CHECK(rig.health(0).last_error == "line is never quiet: somebody keeps sending on it");
  }
  CHECK(driver.count(WireEvent::Kind::turn) > 3);
  CHECK(rig.polls.polls.empty());
  babbles = false;
  rig.run(5min);
  CHECK(rig.polls.of(0) > 10);
  CHECK(rig.health(0).state != core::Health::silent);
}

TEST_CASE("strangers and bad frames do not flood the log, and strangers have bounded room") {
  Rig rig;
  auto& driver = rig.add({.poll = 1h});
  driver.scripts[WireEvent::Kind::overheard] = [n = 0](const WireEvent& event, core::Sink& sink) mutable {
    sink.heard("stranger-" + std::to_string(n++ % 5000), "water\x1b[2Jmeter");
    sink.reject(event.bytes, "checksum");
  };
  rig.start();
  rig.run(1s);
  for (int i = 0; i < 10'000; ++i) {
    rig.says(core::Bytes(300, 0xAA));
    rig.run(10ms);
  }
  CHECK(rig.line->notices().strangers().size() == acquire::Notices::kMostStrangers);
  CHECK(rig.line->notices().strangers().at("stranger-0").count == 2);
  CHECK(rig.line->notices().strangers_turned_away() == 2 * (5000 - acquire::Notices::kMostStrangers));
  CHECK(rig.line->health().rejects == 10'000);
  std::size_t told = 0;
  for (const std::string& line : rig.log.lines) told += line.find("heard stranger-") != line.npos ? 1 : 0;
  CHECK(told == acquire::Notices::kMostStrangers);  // each once, though all come at the same time
  CHECK(rig.log.lines.size() - told < 30);
  CHECK(rig.log.contains("more not shown"));
  for (const std::string& line : rig.log.lines) CHECK(line.find('\x1b') == std::string::npos);
}
