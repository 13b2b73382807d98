#include "agent/app/replay.h"

#include <doctest/doctest.h>

#include "tests/support/fakes.h"

using namespace afferent;
using namespace afferent::test;

namespace {

class Sink final : public core::PollSink {
 public:
  void series_added(core::Series, core::DeviceId, const core::ChannelSpec&) override {}
  void poll(const core::Poll& poll) override { polls.push_back(poll); }
  std::vector<core::Poll> polls;
};

core::ChannelSpec spec(const char* name, core::Quantity quantity) {
  core::ChannelSpec channel;
  channel.name = name;
  channel.quantity = quantity;
  channel.minimum = 0.0;
  channel.maximum = 10.0;
  return channel;
}

std::vector<core::DeviceIdentity> street() {
  std::vector<core::DeviceIdentity> devices(2);
  devices[0].id = "meter-1";
  devices[1].id = "level-1";
  return devices;
}

struct Fixture {
  explicit Fixture(bool allowed = true) : replay({allowed, devices, [this] { return crowded; }}, sink, clock, log) {
    replay.series_added(core::Series{0}, core::DeviceId{0}, spec("volume", core::Quantity::volume));
    replay.series_added(core::Series{1}, core::DeviceId{1}, spec("temperature", core::Quantity::temperature));
    replay.series_added(core::Series{2}, core::DeviceId{1}, spec("level", core::Quantity::length));
  }
  std::string ask(std::map<std::string, std::string> arguments) {
    const auto reply = replay.handle({"replay", std::move(arguments)});
    return reply ? *reply : "refused: " + reply.error().message();
  }
  std::string level(const std::string& value, const std::string& measured = "5000000") {
    return ask({{"device", "level-1"}, {"channel", "level"}, {"value", value}, {"measured", measured}});
  }

  std::vector<core::DeviceIdentity> devices = street();
  bool crowded = false;
  Sink sink;
  FakeClock clock;
  RecordingLog log;
  app::Replay replay;
};

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a replayed reading goes where the device's own go, received now") {
  Fixture f;
  CHECK(f.level("0.75") == "{\"replayed\":1}");
  REQUIRE(f.sink.polls.size() == 1);
  const core::Poll& poll = f.sink.polls[0];
  CHECK(poll.device == core::DeviceId{1});
  CHECK(poll.received.boot == f.clock.now().boot);
  REQUIRE(poll.readings.size() == 1);
  const core::Reading& reading = poll.readings[0];
  CHECK(reading.device == core::DeviceId{1});
  CHECK(reading.series == core::Series{2});
  CHECK(reading.channel == core::Channel{1});
  CHECK(reading.value.as_number() == 0.75);
  CHECK(reading.quality == core::Quality::good);
  CHECK_FALSE(reading.stale);
  CHECK(reading.measured == core::Micros(5'000'000));
  CHECK(reading.received.boot == f.clock.now().boot);
  CHECK(f.replay.replayed() == 1);
}

TEST_CASE("without the key in the configuration nothing is let in") {
  Fixture f(false);
  CHECK(has(f.level("1"), "refused: replay is off"));
  CHECK(has(f.ask({{"device", "level-1"}, {"channel", "level"}}), "replay = true"));
  CHECK(f.sink.polls.empty());
  CHECK(f.replay.replayed() == 0);
  CHECK(f.log.lines.empty());
}

TEST_CASE("the log warns when a replay begins, and not for each reading") {
  Fixture f;
  CHECK(f.ask({{"device", "level-1"}, {"channel", "level"}}) == "{\"replayed\":0}");
  CHECK(f.log.contains("warning replay: recorded readings are let in for channel 'level' of device 'level-1'"));
  f.level("1");
  f.level("2");
  CHECK(f.log.lines.size() == 1);
  CHECK(f.sink.polls.size() == 2);
  CHECK(f.ask({{"device", "meter-1"}, {"channel", "volume"}, {"value", "3"}}) == "{\"replayed\":1}");
  CHECK(f.log.lines.size() == 2);
  CHECK_FALSE(f.sink.polls.back().readings[0].measured.has_value());
}

TEST_CASE("what does not exist is refused with what does") {
  Fixture f;
  CHECK(f.ask({{"device", "level-1"}, {"channel", "depth"}, {"value", "1"}}) ==
        "refused: device 'level-1' has no channel 'depth'; it has: temperature, level");
  CHECK(f.ask({{"device", "level-2"}, {"channel", "level"}, {"value", "1"}}) ==
        "refused: no device 'level-2'; there are: meter-1, level-1");
  CHECK(has(f.ask({{"device", "level-1"}, {"value", "1"}}), "refused: replay needs"));
  CHECK(f.sink.polls.empty());
}

TEST_CASE("only finite numbers and whole microseconds are let in") {
  Fixture f;
  for (const char* value : {"", "nan", "inf", "-inf", "1e999", "1.5 m", "high", " 1"}) {
    CAPTURE(value);
    CHECK(has(f.level(value), "is not a finite number"));
  }
  for (const char* time : {"", "2026-07-01", "1.5", "99999999999999999999", "-9223372036854775808",
                           "9223372036854775807", "-2208988800000001", "253402300800000000"}) {
    CAPTURE(time);
    CHECK(has(f.level("1", time), "is not a number of microseconds"));
  }
  CHECK(f.sink.polls.empty());
  CHECK(f.level("1", "-2208988800000000") == "{\"replayed\":1}");
  CHECK(f.level("1", "253402300799999999") == "{\"replayed\":1}");
}

TEST_CASE("a value outside the channel's range is bad, and a truth value is one") {
  Fixture f;
  f.level("10.5");
  f.level("10");
  f.replay.series_added(core::Series{3}, core::DeviceId{0}, spec("flag_leak", core::Quantity::boolean));
  f.ask({{"device", "meter-1"}, {"channel", "flag_leak"}, {"value", "1"}});
  CHECK(f.sink.polls[0].readings[0].quality == core::Quality::bad);
  CHECK(f.sink.polls[1].readings[0].quality == core::Quality::good);
  CHECK(f.sink.polls[2].readings[0].value.kind() == core::Value::Kind::boolean);
  CHECK(f.sink.polls[2].readings[0].value.as_boolean());
}

TEST_CASE("texts are not replayed") {
  Fixture f;
  f.replay.series_added(core::Series{3}, core::DeviceId{0}, spec("tag", core::Quantity::text));
  CHECK(has(f.ask({{"device", "meter-1"}, {"channel", "tag"}, {"value", "1"}}), "refused: channel 'tag' holds texts"));
  CHECK(f.sink.polls.empty());
}

TEST_CASE("time that goes back is stale until the replay begins anew") {
  Fixture f;
  f.level("1", "2000");
  f.level("1", "1999");
  f.level("1", "2000");
  f.ask({{"device", "level-1"}, {"channel", "level"}});
  f.level("1", "1000");
  std::vector<bool> stale;
  for (const core::Poll& poll : f.sink.polls) stale.push_back(poll.readings[0].stale);
  CHECK(stale == std::vector{false, true, false, false});
}

TEST_CASE("while the queue is crowded a reading is not taken, and may be offered again") {
  Fixture f;
  f.crowded = true;
  CHECK(f.level("1", "2000") == "{\"replayed\":0}");
  CHECK(f.sink.polls.empty());
  f.crowded = false;
  CHECK(f.level("1", "2000") == "{\"replayed\":1}");
  CHECK(f.replay.replayed() == 1);
}
