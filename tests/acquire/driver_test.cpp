// What a driver may do beside asking and reading: several requests, own timers, pushes, a port of its own.
#include <doctest/doctest.h>

#include "tests/acquire/rig.h"

using namespace afferent;
using namespace afferent::test;
using Kind = WireEvent::Kind;

namespace {

// A driver for all devices of a port: {number, value} is a reading of device `number`.
ScriptedDriver& add_port_driver(Rig& rig, std::uint32_t devices) {
  auto driver = std::make_unique<ScriptedDriver>(std::uint8_t{0});
  ScriptedDriver& scripted = *driver;
  scripted.any = [](const WireEvent& event, core::Sink& sink) {
    if (event.kind != Kind::received) return;
    for (std::size_t i = 0; i + 1 < event.bytes.size(); i += 2) {
      sink.reading(core::DeviceRef{event.bytes[i]}, core::Channel{0}, core::Value::number(event.bytes[i + 1]));
    }
  };
  std::vector<acquire::DeviceSetup> setups(devices);
  for (std::uint32_t i = 0; i < devices; ++i) setups[i].device = static_cast<core::DeviceId>(i + 40);
  REQUIRE(rig.line->add(core::Scope::port, setups, std::move(driver)).ok());
  return scripted;
}

}  // namespace

TEST_CASE("requests sent in one call go out one after the other with silence between, the answer belongs to the last") {
  Rig rig;
  auto& driver = rig.add({.poll = 10s});
  driver.scripts[Kind::turn] = [](const WireEvent&, core::Sink& sink) {
    core::Outgoing wake = request({0xFE, 0xFE, 0xFE, 0xFE});
    wake.expects_answer = false;
    sink.send(wake);
    sink.send(request({1, 3, 5}));
  };
  rig.meter = [](core::ByteView bytes) { return bytes[0] == 0xFE; };
  rig.start();
  rig.run(1s);
  REQUIRE(rig.writes.size() == 2);
  CHECK(rig.writes[1].at == rig.writes[0].at + acquire::time_of(4, rig.base) + acquire::silence_of(rig.base));
  CHECK(rig.polls.of(0) == 1);
}

TEST_CASE("a broadcast followed by done() frees the line once it is out") {
  Rig rig;
  auto& driver = rig.add({.poll = 10s});
  rig.add({.poll = 10s});
  driver.scripts[Kind::turn] = [](const WireEvent&, core::Sink& sink) {
    core::Outgoing sync = request(core::Bytes(50, 0));
    sync.expects_answer = false;
    sink.send(sync);
    sink.send(sync);
    sink.done({});
  };
  rig.start();
  rig.run(1s);
  REQUIRE(rig.writes.size() == 3);
  const core::Nanos step = acquire::time_of(50, rig.base) + acquire::silence_of(rig.base);
  CHECK(rig.writes[1].at - rig.writes[0].at == step);
  CHECK(rig.writes[2].at - rig.writes[1].at == step);
  CHECK(rig.polls.of(1) == 1);
  CHECK(rig.health(0).good == 1);
}

TEST_CASE("a driver's own choice of baud rate lasts until its turn ends") {
  Rig rig;
  auto& driver = rig.add({.poll = 10s});
  rig.add({.poll = 10s});
  const core::LineSettings fast{115'200, 8, core::Parity::none, 1};
  driver.scripts[Kind::turn] = [fast](const WireEvent&, core::Sink& sink) {
    core::Outgoing first = request({1, 3, 5});
    first.line = fast;
    sink.send(first);
  };
  driver.scripts[Kind::received] = [n = 0](const WireEvent&, core::Sink& sink) mutable {
    if (++n == 1) return sink.send(request({1, 3, 6}));
    sink.done({});
  };
  rig.start();
  rig.run(1s);
  REQUIRE(rig.writes.size() == 3);
  CHECK(rig.writes[0].line == fast);
  CHECK(rig.writes[1].line == fast);
  CHECK(rig.writes[2].line == rig.base);
}

TEST_CASE(
    "a driver that is done before its device is leaves the line to others and gets it back when its timer fires") {
  Rig rig;
  auto& driver = rig.add({.poll = 10s});
  rig.add({.poll = 100ms});
  // Measurements take two seconds: start, wait off the line, fetch.
  driver.scripts[Kind::received] = [n = 0](const WireEvent& event, core::Sink& sink) mutable {
    if (++n % 2 == 1) {
      sink.wake_in(2000ms);
    } else {
      sink.reading(core::DeviceRef{0}, core::Channel{0}, core::Value::number(event.bytes[2]));
    }
    sink.done({});
  };
  driver.scripts[Kind::wake] = [](const WireEvent&, core::Sink& sink) { sink.send(request({1, 3, 42})); };
  rig.start();
  rig.run(1900ms);
  CHECK(rig.polls.of(1) >= 19);
  CHECK(rig.polls.of(0) == 0);
  rig.run(300ms);
  REQUIRE(rig.polls.of(0) == 1);
  CHECK(driver.count(Kind::turn) == 1);
}

TEST_CASE("a driver may wait within its turn, and wakes that want nothing take nothing") {
  Rig rig;
  auto& driver = rig.add({.poll = 10s});
  SUBCASE("within the turn") {
    rig.add({.poll = 100ms});
    driver.scripts[Kind::turn] = [](const WireEvent&, core::Sink& sink) { sink.wake_in(500ms); };
    driver.scripts[Kind::wake] = [](const WireEvent&, core::Sink& sink) { sink.send(request({1, 3, 1})); };
    rig.start();
    rig.run(490ms);
    CHECK(rig.writes.empty());
    rig.run(100ms);
    CHECK(rig.polls.of(0) == 1);
    CHECK(rig.polls.of(1) >= 1);
  }
  SUBCASE("longer than anybody can wait") {
    driver.scripts[Kind::turn] = [](const WireEvent&, core::Sink& sink) {
      sink.wake_in(core::Millis::max());
      sink.done({});
    };
    rig.start();
    rig.run(9s);
    CHECK(driver.count(Kind::turn) == 1);
    CHECK(driver.count(Kind::wake) == 0);
  }
  SUBCASE("for ever") {
    rig.add({.poll = 100ms});
    driver.scripts[Kind::wake] = [](const WireEvent&, core::Sink& sink) { sink.wake_in(0ms); };
    driver.scripts[Kind::opened] = driver.scripts[Kind::wake];
    rig.start();
    rig.run(10s);
    CHECK(driver.count(Kind::wake) > 1000);
    CHECK(rig.polls.of(1) >= 100);
  }
  SUBCASE("sending at each wake leaves polls their half") {
    rig.add({.poll = 0s});
    driver.scripts[Kind::wake] = [](const WireEvent&, core::Sink& sink) { sink.send(request({1, 3, 1})); };
    driver.scripts[Kind::received] = [&driver](const WireEvent& event, core::Sink& sink) {
      driver.usual(event, sink);
      sink.wake_in(1ms);
    };
    driver.scripts[Kind::opened] = driver.scripts[Kind::wake];
    rig.start();
    rig.run(10s);
    CHECK(rig.polls.of(1) > 300);
  }
}

TEST_CASE("what a driver sends outside its turn waits for one") {
  Rig rig;
  auto& driver = rig.add({.poll = 10s});
  rig.add({.poll = 10s});
  driver.scripts[Kind::opened] = [](const WireEvent&, core::Sink& sink) { sink.send(request({1, 3, 0xAA})); };
  rig.start();
  rig.run(1s);
  REQUIRE(rig.writes.size() == 3);
  CHECK(rig.writes[0].bytes == core::Bytes{1, 3, 0xAA});
  CHECK(rig.polls.of(0) == 2);
  CHECK(rig.polls.of(1) == 1);
}

TEST_CASE("a driver that asks for it gets its port reopened") {
  Rig rig;
  auto& driver = rig.add({.poll = 10s});
  driver.scripts[Kind::turn] = [](const WireEvent&, core::Sink& sink) {
    sink.reopen("peer speaks nonsense");
    sink.done(core::Error(core::ErrorCode::retry, "nonsense"));
  };
  rig.start();
  rig.run(1s);
  CHECK(rig.port->reopened == std::vector<std::string>{"peer speaks nonsense"});
}

TEST_CASE(
    "a port driver gets all that comes, its readings are handed over per device after each event, and it has no "
    "turns") {
  Rig rig;
  auto& driver = add_port_driver(rig, 3);
  rig.start();
  rig.run(1min);
  CHECK(rig.writes.empty());
  rig.says({0, 10, 2, 30, 0, 11});
  REQUIRE(rig.polls.polls.size() == 3);
  CHECK(core::index(rig.polls.polls[0].poll.device) == 40);
  CHECK(core::index(rig.polls.polls[1].poll.device) == 40);
  CHECK(rig.polls.polls[1].poll.readings[0].value.as_number() == 11.0);
  CHECK(core::index(rig.polls.polls[2].poll.device) == 42);
  CHECK(rig.polls.polls[2].poll.readings[0].value.as_number() == 30.0);
  CHECK(driver.count(Kind::overheard) == 0);
  CHECK(rig.health(42).state == core::Health::good);
  CHECK(rig.health(41).state == core::Health::unknown);
  CHECK(rig.health(42).last_good.value_or(core::Stamp()).boot == rig.clock.stamp.boot);
}

TEST_CASE("a port driver answers a push at once, and goes on hearing while it waits for an answer") {
  Rig rig({.id = "station"}, core::Port::Medium::stream);
  auto& driver = add_port_driver(rig, 2);
  driver.scripts[Kind::received] = [&driver](const WireEvent& event, core::Sink& sink) {
    driver.any(event, sink);
    sink.send(request({0xAC}));
  };
  rig.start();
  rig.says({0, 1});
  CHECK(rig.writes.size() == 1);
  rig.says({1, 2});
  CHECK(rig.polls.polls.size() == 2);
  rig.run(10s);
}

TEST_CASE("a port that answers within the call does not recurse") {
  Rig rig({.id = "tcp"}, core::Port::Medium::stream);
  rig.add({.poll = 1ms});
  rig.meter = [&rig](core::ByteView bytes) {
    rig.says({bytes[0], 0x83});
    rig.says({bytes[2]});
    return true;
  };
  rig.start();
  rig.run(1s);
  CHECK(rig.polls.of(0) == 1001);
}

TEST_CASE("polling without pause re-arms the system's timer about once per time-out, not once per poll") {
  class CountingTimers final : public core::Timers {
   public:
    explicit CountingTimers(core::Timers& inner) : inner_(inner) {}
    Handle at(core::Nanos boot, std::function<void()> call) override {
      ++armed;
      return inner_.at(boot, std::move(call));
    }
    void cancel(Handle timer) override { inner_.cancel(timer); }
    std::size_t armed = 0;

   private:
    core::Timers& inner_;
  };
  FakeClock clock;
  FakeTimers timers(clock);
  CountingTimers counting(timers);
  RecordingPolls polls;
  RecordingLog log;
  acquire::SeriesTable series(polls);
  auto owned = std::make_unique<FakePort>(core::Port::Medium::stream);
  FakePort& port = *owned;
  acquire::Line line({.id = "tcp"}, std::move(owned), counting, clock, series, polls, log);
  acquire::DeviceSetup setup;
  setup.poll = 0ms;
  REQUIRE(line.add(core::Scope::device, {setup}, std::make_unique<ScriptedDriver>(std::uint8_t{1})).ok());
  line.start(clock.stamp);
  port.opens(clock.stamp);
  for (int i = 0; i < 10'000; ++i) {
    timers.advance(100us);
    port.says(clock.stamp, core::Bytes{1, 0x83, port.written.back()[2]});
  }
  CHECK(polls.polls.size() == 10'000);
  CHECK(counting.armed <= 4);
}

TEST_CASE("a wake that waits for a turn is told when the port closes, so that no output stays on") {
  Rig rig;
  auto& driver = rig.add({.poll = 10s});
  auto& slow = rig.add({.poll = 10s, .reply_timeout = 2000ms});
  driver.scripts[Kind::received] = [](const WireEvent&, core::Sink& sink) {
    sink.wake_in(300ms);
    sink.done({});
  };
  rig.dead[2] = true;  // it keeps the line
  rig.start();
  rig.run(500ms);
  REQUIRE(slow.count(Kind::turn) == 1);
  REQUIRE(driver.count(Kind::wake) == 0);
  rig.port->closes(rig.clock.stamp);
  CHECK(driver.count(Kind::wake) == 1);
  rig.port->opens(rig.clock.stamp);
  rig.run(1s);
  CHECK(driver.count(Kind::wake) == 1);
}

TEST_CASE("a turn that begins while a wake is pending gets it, and does not hold the line in vain") {
  Rig rig;
  auto& driver = rig.add({.poll = 2s});
  auto& slow = rig.add({.poll = 3600s, .reply_timeout = 700ms, .retries = 0});
  rig.dead[2] = true;
  driver.scripts[Kind::turn] = [n = 0](const WireEvent&, core::Sink& sink) mutable {
    if (++n == 1) sink.send(request({1, 3, 1}));  // later it waits for its wake
  };
  driver.scripts[Kind::received] = [](const WireEvent&, core::Sink& sink) {
    sink.wake_in(1900ms);
    sink.done({});
  };
  driver.scripts[Kind::wake] = [](const WireEvent&, core::Sink& sink) { sink.done({}); };
  slow.on_command = [](const core::DeviceCommand&, core::Sink& sink) { sink.send(request({2, 6, 1})); };
  rig.start();
  rig.run(1600ms);
  rig.line->command(core::DeviceId{1}, {}, [](const auto&) {});
  rig.run(500ms);
  REQUIRE(driver.count(Kind::turn) == 1);
  REQUIRE(driver.count(Kind::wake) == 0);
  rig.run(3s);
  CHECK(driver.count(Kind::wake) == 1);
  CHECK(driver.count(Kind::turn) == 3);
}

TEST_CASE("another pace of polling takes effect on the line's own time, never within the call") {
  Rig rig;
  rig.add({.poll = 10s});
  auto& fast = rig.add({.poll = 3s});
  rig.start();
  rig.run(1s);
  const std::size_t turns = fast.count(Kind::turn);
  rig.clock.stamp.boot += 5s;  // a poll is due, its timer is yet to fire
  rig.line->set_poll(core::DeviceId{0}, 1000ms);
  CHECK(fast.count(Kind::turn) == turns);
  rig.run(1s);
  CHECK(fast.count(Kind::turn) == turns + 1);
}
