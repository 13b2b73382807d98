#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "tests/acquire/rig.h"

using namespace afferent;
using namespace afferent::test;
using core::Channel;
using core::DeviceRef;
using core::Quality;
using core::Value;

namespace {

std::vector<core::ChannelSpec> some_channels() {
  return {{.name = "level", .quantity = core::Quantity::length, .minimum = 0.0, .maximum = 5.0},
          {.name = "open", .quantity = core::Quantity::boolean},
          {.name = "tag", .quantity = core::Quantity::text}};
}

// A driver that reads what `say` says at each answer.
void reads(ScriptedDriver& driver, std::function<void(core::Sink&)> say) {
  driver.scripts[WireEvent::Kind::received] = [say = std::move(say)](const WireEvent&, core::Sink& sink) {
    say(sink);
    sink.done({});
  };
}

const core::Reading& only(const Rig& rig) {
  REQUIRE(rig.polls.polls.size() == 1);
  REQUIRE(rig.polls.polls[0].poll.readings.size() == 1);
  return rig.polls.polls[0].poll.readings[0];
}

}  // namespace

TEST_CASE("series are dense over all devices and announced in order") {
  Rig rig;
  rig.add({}, some_channels());
  rig.add({}, some_channels());
  REQUIRE(rig.polls.added.size() == 6);
  for (std::size_t i = 0; i < 6; ++i) CHECK(core::index(rig.polls.added[i].series) == i);
  CHECK(core::index(rig.polls.added[4].device) == 1);
  CHECK(rig.polls.added[4].channel == "open");
  CHECK(rig.series.size() == 6);
}

TEST_CASE("the readings of a turn are one poll with the stamp of the reply") {
  Rig rig;
  auto& driver = rig.add({.poll = 10s}, some_channels());
  reads(driver, [](core::Sink& sink) {
    std::string text = "E200 3411";
    sink.reading(DeviceRef{0}, Channel{0}, Value::number(1.5));
    sink.reading(DeviceRef{0}, Channel{1}, Value::boolean(true));
    sink.reading(DeviceRef{0}, Channel{2}, Value::text(text));
    text.assign(9, 'x');  // the driver's buffer is its own again
    sink.reading(DeviceRef{0}, Channel{2}, Value::text(text));
  });
  rig.start();
  rig.run(1s);
  REQUIRE(rig.polls.polls.size() == 1);
  const auto& kept = rig.polls.polls[0];
  REQUIRE(kept.poll.readings.size() == 4);
  CHECK(kept.poll.received.boot == rig.heard_at.at(0));
  for (const core::Reading& reading : kept.poll.readings) CHECK(reading.received.boot == rig.heard_at.at(0));
  CHECK(core::index(kept.poll.readings[1].series) == 1);
  CHECK(kept.poll.readings[1].value.as_boolean());
  CHECK(kept.texts[2] == "E200 3411");
  CHECK(kept.texts[3] == "xxxxxxxxx");
  CHECK(rig.health(0).last_good.value_or(core::Stamp()).boot == rig.heard_at.at(0));
}

TEST_CASE("a poll of several requests is handed over once, when the turn ends, also by a time-out") {
  Rig rig;
  auto& driver = rig.add({.poll = 10s, .reply_timeout = 100ms, .retries = 0});
  driver.scripts[WireEvent::Kind::received] = [](const WireEvent&, core::Sink& sink) {
    sink.reading(DeviceRef{0}, Channel{0}, Value::number(1));
    sink.send(request({1, 3, 2}));
  };
  rig.meter = [&rig](core::ByteView) { return rig.writes.size() > 2; };
  rig.start();
  rig.run(50ms);
  CHECK(rig.polls.polls.empty());
  rig.run(1s);
  REQUIRE(rig.polls.polls.size() == 1);
  CHECK(rig.polls.polls[0].poll.readings.size() == 2);
  CHECK(rig.health(0).state == core::Health::degraded);  // but it is there
  CHECK_FALSE(rig.health(0).quarantined_until);
}

TEST_CASE("the range is the sensor's own, whatever its readings are corrected to; what is beyond is bad, not clipped") {
  struct Row {
    double raw;
    double value;
    Quality quality;
  };
  for (const Row& row : {Row{2.0, 4.9, Quality::good}, Row{5.0, 10.9, Quality::good}, Row{5.01, 10.92, Quality::bad},
                         Row{-1.0, -1.1, Quality::bad}}) {
    Rig rig;
    auto& driver = rig.add({.poll = 10s, .calibration = {{"level", 2.0, 0.9}, {"other", 100.0, 0.0}}}, some_channels());
    reads(driver, [&row](core::Sink& sink) { sink.reading(DeviceRef{0}, Channel{0}, Value::number(row.raw)); });
    rig.start();
    rig.run(1s);
    CHECK(only(rig).value.as_number() == doctest::Approx(row.value));
    CHECK(only(rig).quality == row.quality);
    CHECK(rig.health(0).rejects == 0);
  }
}

TEST_CASE("what the device itself doubts stays doubted, and bad when it is out of range as well") {
  Rig rig;
  auto& driver = rig.add({.poll = 10s}, some_channels());
  reads(driver, [](core::Sink& sink) {
    sink.reading(DeviceRef{0}, Channel{0}, Value::number(1), {}, Quality::uncertain);
    sink.reading(DeviceRef{0}, Channel{0}, Value::number(9), {}, Quality::uncertain);
    sink.reading(DeviceRef{0}, Channel{0}, Value::number(1), {}, Quality::bad);
  });
  rig.start();
  rig.run(1s);
  const auto& readings = rig.polls.polls.at(0).poll.readings;
  CHECK(readings.at(0).quality == Quality::uncertain);
  CHECK(readings.at(1).quality == Quality::bad);
  CHECK(readings.at(2).quality == Quality::bad);
}

TEST_CASE("a value that is no number is published as bad zero and counted with its reason") {
  for (const double raw : {std::nan(""), std::numeric_limits<double>::infinity()}) {
    Rig rig;
    auto& driver = rig.add({.poll = 10s}, some_channels());
    reads(driver, [raw](core::Sink& sink) { sink.reading(DeviceRef{0}, Channel{0}, Value::number(raw)); });
    rig.start();
    rig.run(1s);
    CHECK(only(rig).value.as_number() == 0.0);
    CHECK(only(rig).quality == Quality::bad);
    CHECK(rig.health(0).rejects == 1);
    CHECK(rig.log.contains("not a finite number"));
  }
}

TEST_CASE("a reading of an unknown device, an unknown channel or another kind is refused, counted and said") {
  Rig rig;
  auto& driver = rig.add({.poll = 10s}, some_channels());
  reads(driver, [](core::Sink& sink) {
    sink.reading(DeviceRef{1}, Channel{0}, Value::number(1));
    sink.reading(DeviceRef{0}, Channel{3}, Value::number(1));
    sink.reading(DeviceRef{0}, Channel{0}, Value::text("1"));
    sink.reading(DeviceRef{0}, Channel{2}, Value::text("good"));
  });
  rig.start();
  rig.run(1s);
  CHECK(core::index(only(rig).channel) == 2);
  CHECK(rig.health(0).rejects == 3);
}

TEST_CASE("a reading that was measured before its channel's last one is stale, an equal time is not") {
  using namespace std::chrono_literals;
  Rig rig;
  const core::Micros now = rig.clock.stamp.utc;
  auto& driver = rig.add({.poll = 10s}, some_channels());
  reads(driver, [now](core::Sink& sink) {
    const auto read = [&](std::uint16_t channel, std::optional<core::Micros> measured) {
      sink.reading(DeviceRef{0}, Channel{channel}, channel == 0 ? Value::number(1) : Value::boolean(true), measured);
    };
    read(0, now - 60s);
    read(0, now - 90s);
    read(0, now - 60s);
    read(0, now - 70s);
    read(1, now - 90s);  // another channel has its own order
    read(0, {});         // no time of its own: never stale
    read(0, now + 48h);  // a clock that runs two days ahead
    read(0, now - 10s);  // and was set right
  });
  rig.start();
  rig.run(1s);
  std::vector<bool> stale;
  for (const core::Reading& reading : rig.polls.polls.at(0).poll.readings) stale.push_back(reading.stale);
  CHECK(stale == std::vector<bool>{false, true, false, true, false, false, false, false});
}

TEST_CASE("without a clock, a time far ahead does not make what follows stale for ever") {
  Rig rig;
  const core::Micros now = rig.clock.stamp.utc;
  rig.clock.stamp.clock = core::ClockState::unsynced;
  auto& driver = rig.add({.poll = 10min}, some_channels());
  core::Micros measured = now + std::chrono::hours(24 * 365);
  reads(driver, [&measured](core::Sink& sink) { sink.reading(DeviceRef{0}, Channel{0}, Value::number(1), measured); });
  rig.start();
  rig.run(1s);
  measured = now;
  const auto last_is_stale = [&rig] { return rig.polls.polls.back().poll.readings.at(0).stale; };
  rig.run(10min);
  CHECK(last_is_stale());
  SUBCASE("until its source has kept to the earlier times for an hour") {
    rig.run(70min);
    CHECK_FALSE(last_is_stale());
    measured = now - 1s;
    rig.run(10min);
    CHECK(last_is_stale());
  }
  SUBCASE("or the clock comes and tells that it was wrong") {
    rig.clock.stamp.clock = core::ClockState::synced;
    rig.run(10min);
    CHECK_FALSE(last_is_stale());
  }
}

TEST_CASE("text from a wire that is not UTF-8 is made so, where it is read and where it is told") {
  Rig rig;
  auto& driver = rig.add({.poll = 10s}, some_channels());
  reads(driver, [](core::Sink& sink) {
    sink.reading(DeviceRef{0}, Channel{2}, Value::text("a\xC6\xF8"));
    sink.reject({}, std::string(199, 'x') + "气");
  });
  rig.start();
  rig.run(1s);
  CHECK(only(rig).value.as_text() == "a??");
  CHECK(rig.health(0).last_error == std::string(199, 'x'));
}

TEST_CASE("a channel that the wire told of is a series once, with its calibration, however often it is declared") {
  Rig rig;
  auto& driver = rig.add({.poll = 1s, .calibration = {{"volume@1", 10.0, 0.0}}}, some_channels());
  core::Channel declared{};
  reads(driver, [&declared](core::Sink& sink) {
    declared = sink.declare(DeviceRef{0}, {.name = "volume@1", .quantity = core::Quantity::volume});
    sink.reading(DeviceRef{0}, declared, Value::number(2));
  });
  rig.start();
  rig.run(3500ms);
  CHECK(core::index(declared) == 3);
  REQUIRE(rig.polls.added.size() == 4);
  CHECK(rig.polls.added[3].channel == "volume@1");
  CHECK(rig.polls.polls.size() == 4);
  CHECK(rig.polls.polls[3].poll.readings[0].value.as_number() == 20.0);
}

TEST_CASE("a channel that cannot be is refused with its reason, and the others go on") {
  for (const core::ChannelSpec& wrong :
       {core::ChannelSpec{.name = "x y"}, core::ChannelSpec{.name = std::string(65, 'a')},
        core::ChannelSpec{.name = "x", .quantity = static_cast<core::Quantity>(200)},
        core::ChannelSpec{.name = "x", .minimum = std::numeric_limits<double>::quiet_NaN()}}) {
    Rig rig;
    auto& driver = rig.add({.poll = 10s}, some_channels());
    reads(driver, [&wrong](core::Sink& sink) {
      sink.reading(DeviceRef{0}, sink.declare(DeviceRef{0}, wrong), Value::number(2));
      sink.reading(DeviceRef{0}, Channel{0}, Value::number(1));
    });
    rig.start();
    rig.run(1s);
    CHECK(only(rig).value.as_number() == 1);
    CHECK(rig.polls.added.size() == some_channels().size());
    CHECK(rig.health(0).rejects == 2);
  }
}

TEST_CASE("what a wire makes a driver read or declare without end is bounded") {
  Rig rig;
  auto& driver = rig.add({.poll = 1h}, some_channels());
  reads(driver, [](core::Sink& sink) {
    for (std::size_t i = 0; i < acquire::Collector::kMostReadings + 10; ++i) {
      sink.reading(DeviceRef{0}, Channel{1}, Value::boolean(true));
    }
    for (std::size_t i = 0; i < acquire::Collector::kMostChannels + 10; ++i) {
      core::ChannelSpec channel;
      channel.name = "volume@" + std::to_string(i);
      static_cast<void>(sink.declare(DeviceRef{0}, channel));
    }
    sink.reading(DeviceRef{0}, sink.declare(DeviceRef{0}, {.name = "too_many"}), Value::number(1));
  });
  rig.start();
  rig.run(1s);
  CHECK(rig.polls.polls.at(0).poll.readings.size() == acquire::Collector::kMostReadings);
  CHECK(rig.polls.added.size() == acquire::Collector::kMostChannels);
  CHECK(rig.health(0).rejects == 11);
}

TEST_CASE("round trip and frame error rate are what the wire did") {
  Rig rig;
  rig.add({.poll = 1s, .reply_timeout = 100ms, .retries = 1});
  rig.meter = [n = 0](core::ByteView) mutable { return ++n % 4 == 0; };
  rig.start();
  rig.run(59'900ms);
  const double trip = static_cast<double>((acquire::time_of(6, rig.base) + rig.latency).count()) / 1e6;
  CHECK(rig.health(0).round_trip_ms == doctest::Approx(trip));
  CHECK(rig.health(0).round_trip_max_ms == doctest::Approx(trip));
  CHECK(rig.health(0).frame_error_rate == doctest::Approx(0.25).epsilon(0.05));
  CHECK(rig.health(0).state == core::Health::degraded);
  CHECK(rig.health(0).good == rig.health(0).polls);
}
