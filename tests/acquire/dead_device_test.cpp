#include <doctest/doctest.h>

#include "tests/acquire/rig.h"

using namespace afferent;
using namespace afferent::test;

TEST_CASE("a request without answer is repeated with the same bytes, then the driver is told once") {
  Rig rig;
  auto& driver = rig.add({.poll = 10s, .reply_timeout = 200ms, .retries = 3});
  rig.dead[1] = true;
  rig.start();
  rig.run(5s);
  REQUIRE(rig.writes.size() == 4);
  for (std::size_t i = 1; i < 4; ++i) {
    CHECK(rig.writes[i].bytes == rig.writes[0].bytes);
    CHECK(rig.writes[i].at > rig.writes[i - 1].at + 200ms);
  }
  CHECK(driver.count(WireEvent::Kind::timed_out) == 1);
  CHECK(rig.health(0).timeouts == 4);
  CHECK(rig.health(0).state == core::Health::silent);
  CHECK(rig.health(0).frame_error_rate == 1.0);
  CHECK(rig.health(0).last_error == "no answer");
}

TEST_CASE("an answer to the second attempt is a good poll, with one time-out") {
  Rig rig;
  rig.add({.poll = 10s, .reply_timeout = 200ms, .retries = 2});
  rig.meter = [&rig](core::ByteView) { return rig.writes.size() == 1; };
  rig.start();
  rig.run(5s);
  CHECK(rig.writes.size() == 2);
  CHECK(rig.polls.of(0) == 1);
  CHECK(rig.health(0).timeouts == 1);
  CHECK(rig.health(0).good == 1);
  CHECK(rig.health(0).frame_error_rate == 0.5);
}

TEST_CASE("a dead device costs the line one time-out per back-off period, and the period doubles up to five minutes") {
  Rig rig;
  rig.add({.poll = 1s, .reply_timeout = 1s, .retries = 2});
  rig.add({.poll = 1s});
  rig.dead[1] = true;
  rig.start();
  rig.run(4h);
  const auto times = rig.writes_to(1);
  REQUIRE(times.size() > 20);
  // Three attempts in the first turn, one in each after it.
  core::Nanos period = 1s;
  for (std::size_t i = 3; i < times.size(); ++i) {
    CHECK(times[i] - times[i - 1] >= period);
    CHECK(times[i] - times[i - 1] < period + 1200ms);
    period = std::min<core::Nanos>(2 * period, 5min);
  }
  CHECK(times.size() <= 60);  // 3 + 9 while it grows, then 12 an hour
  // The other device loses at most one slot to each.
  CHECK(rig.polls.of(1) >= 14'400 - times.size() - 5);
  CHECK(rig.health(0).state == core::Health::silent);
  CHECK(rig.health(0).quarantined_until.has_value());
  CHECK(rig.health(1).state == core::Health::good);
}

TEST_CASE("a driver that wants to ask on is not allowed to while its device is silent") {
  Rig rig;
  auto& driver = rig.add({.poll = 1s, .reply_timeout = 100ms, .retries = 0});
  driver.scripts[WireEvent::Kind::timed_out] = [count = 0](const WireEvent&, core::Sink& sink) mutable {
    // Four blocks, whatever became of the one before.
    if (++count % 4 == 0) return sink.done(core::Error(core::ErrorCode::retry, "no block answered"));
    sink.send(request({1, 3, 99}));
  };
  rig.dead[1] = true;
  rig.start();
  rig.run(10min);
  const auto times = rig.writes_to(1);
  REQUIRE(times.size() > 6);
  for (std::size_t i = 5; i < times.size(); ++i) CHECK(times[i] - times[i - 1] > 1s);
}

TEST_CASE("a slow poll interval is never shortened by the quarantine") {
  Rig rig;
  rig.add({.poll = 15min, .reply_timeout = 1s, .retries = 0});
  rig.dead[1] = true;
  rig.start();
  rig.run(3h);
  const auto times = rig.writes_to(1);
  CHECK(times.size() >= 10);
  CHECK(times.size() <= 12);
}

TEST_CASE("the first good answer ends the quarantine, and the device returns to its slots") {
  Rig rig;
  rig.add({.poll = 2s, .reply_timeout = 500ms});
  rig.dead[1] = true;
  const core::Nanos start = rig.clock.stamp.boot;
  rig.start();
  rig.run(1h);
  CHECK(rig.polls.polls.empty());
  rig.dead[1] = false;
  rig.run(6min);
  CHECK(rig.health(0).state == core::Health::good);
  CHECK_FALSE(rig.health(0).quarantined_until);
  const auto times = rig.writes_to(1);
  REQUIRE(times.size() > 10);
  CHECK((times.back() - start) % 2s == 0s);
  CHECK(times.back() - times[times.size() - 2] == 2s);
  CHECK(rig.log.contains("meter-0 does not answer"));
  CHECK(rig.log.contains("meter-0 answers again"));
}

TEST_CASE("a device that refuses what it is asked is degraded, not silent") {
  Rig rig;
  auto& driver = rig.add({.poll = 1s});
  driver.scripts[WireEvent::Kind::received] = [](const WireEvent&, core::Sink& sink) {
    sink.done(core::Error(core::ErrorCode::bad_input, "exception 2: no such register"));
  };
  rig.start();
  rig.run(9900ms);
  CHECK(rig.writes.size() == 10);
  CHECK(rig.health(0).state == core::Health::degraded);
  CHECK(rig.health(0).errors == 10);
  CHECK(rig.health(0).timeouts == 0);
  CHECK(rig.health(0).last_error == "exception 2: no such register");
}

TEST_CASE("a driver that never ends its turn loses it") {
  SUBCASE("it sends nothing") {
    Rig rig;
    auto& driver = rig.add({.poll = 0s});
    rig.add({.poll = 1s});
    driver.scripts[WireEvent::Kind::turn] = [](const WireEvent&, core::Sink&) {};
    rig.start();
    rig.run(10s);
    CHECK(rig.polls.of(1) == 11);
    CHECK(driver.count(WireEvent::Kind::turn) <= 101);  // and does not spin either
    CHECK(rig.health(0).last_error == "driver neither sent a request nor ended its turn");
  }
  SUBCASE("it does not take the answer") {
    Rig rig;
    auto& driver = rig.add({.poll = 1s, .reply_timeout = 100ms, .retries = 0});
    rig.add({.poll = 1s});
    driver.scripts[WireEvent::Kind::received] = [](const WireEvent&, core::Sink&) {};
    driver.scripts[WireEvent::Kind::timed_out] = [](const WireEvent&, core::Sink&) {};
    rig.start();
    rig.run(10s);
    CHECK(rig.polls.of(1) == 11);
    CHECK(rig.health(0).good == 0);
    CHECK(rig.health(0).state == core::Health::degraded);  // something does come
  }
  SUBCASE("it sends for ever") {
    acquire::LineSetup setup;
    setup.turn_limit = 3s;
    Rig rig(setup);
    auto& driver = rig.add({.poll = 1s});
    rig.add({.poll = 1s});
    driver.scripts[WireEvent::Kind::received] = [](const WireEvent&, core::Sink& sink) {
      sink.send(request({1, 3, 1}));
    };
    rig.start();
    rig.run(60s);
    CHECK(rig.polls.of(1) > 30);
    CHECK(rig.health(0).last_error == "turn took longer than its limit");
  }
}

TEST_CASE("a port that vanishes in mid-turn ends the turn without a time-out, and polling goes on when it returns") {
  Rig rig;
  auto& first = rig.add({.poll = 1s, .reply_timeout = 500ms});
  auto& second = rig.add({.poll = 1s, .reply_timeout = 500ms});
  rig.start();
  rig.run(2100ms);
  rig.dead[1] = true;
  rig.run(902ms);  // the request of second 3 is out
  const std::size_t before = rig.writes.size();
  rig.port->closes(rig.clock.stamp, "unplugged");
  rig.run(1min);
  CHECK(rig.writes.size() == before);
  CHECK(rig.health(0).timeouts == 0);
  CHECK_FALSE(rig.health(0).quarantined_until);
  CHECK(rig.health(0).last_error == "port closed: unplugged");
  CHECK(rig.health(1).state == core::Health::silent);
  CHECK(first.count(WireEvent::Kind::closed) == 1);
  CHECK(second.count(WireEvent::Kind::closed) == 1);
  CHECK_FALSE(rig.line->health().open);

  rig.dead[1] = false;
  rig.port->opens(rig.clock.stamp);
  rig.run(100ms);
  CHECK(rig.writes.size() == before + 2);
  CHECK(first.count(WireEvent::Kind::opened) == 2);
  CHECK(rig.health(0).state == core::Health::good);
  rig.run(10s);
  CHECK(rig.health(0).timeouts == 0);
  CHECK(rig.polls.of(0) >= 13);
}

TEST_CASE("a refused line setting is an error of the device that wants it") {
  Rig rig;
  rig.add({.poll = 1s});
  rig.start();
  rig.run(500ms);
  rig.port->open = false;  // the next write fails
  rig.run(1s);
  CHECK(rig.health(0).state == core::Health::degraded);
  CHECK(rig.health(0).last_error == "write: port is closed");
  CHECK(rig.health(0).timeouts == 0);
  rig.port->open = true;
  rig.run(1s);
  CHECK(rig.health(0).state == core::Health::good);
}

TEST_CASE("why a port does not open is said of each of its devices, until it opens") {
  Rig rig;
  rig.add({.poll = 1s});
  rig.line->start(rig.clock.stamp);
  CHECK(rig.health(0).state == core::Health::unknown);
  rig.port->wrong = "open /dev/ttyUSB9: no such file or directory";
  CHECK(rig.health(0).state == core::Health::silent);
  CHECK(rig.health(0).last_error == "port bus: open /dev/ttyUSB9: no such file or directory");
  rig.port->wrong.clear();
  rig.port->opens(rig.clock.stamp);
  rig.run(2s);
  CHECK(rig.health(0).state == core::Health::good);
  CHECK(rig.health(0).last_error.empty());
}
