#include "agent/codec/batcher.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "agent/codec/expand.h"

using namespace afferent;
using namespace std::chrono_literals;

namespace {

struct Got {
  std::string device, channel, text;
  double number = 0;
  std::uint64_t ms = 0;
  v1::Quality quality{};
  bool operator==(const Got&) const = default;
};

std::vector<Got> expanded(const core::Envelope& envelope) {
  v1::TelemetryBatch batch;
  REQUIRE(batch.ParseFromArray(envelope.payload.data(), static_cast<int>(envelope.payload.size())));
  std::vector<Got> got;
  const auto result = codec::expand(batch, [&got](const codec::ExpandedReading& r) {
    got.push_back({std::string(r.device), std::string(r.channel), std::string(r.text), r.number, r.boot_ms, r.quality});
  });
  REQUIRE_MESSAGE(result.ok(), result.error().message());
  return got;
}

core::Reading reading(std::uint32_t series, core::Value value, core::Quality quality = core::Quality::good) {
  core::Reading r;
  r.series = core::Series{series};
  r.value = value;
  r.quality = quality;
  return r;
}

core::Poll poll(std::uint32_t device, core::Millis at, std::vector<core::Reading> readings) {
  return {core::DeviceId{device}, {at, core::Micros{}, core::ClockState::synced}, std::move(readings)};
}

struct Fixture {
  codec::Batcher batcher;
  std::vector<core::Envelope> out;

  explicit Fixture(core::Millis batch = 5s) : batcher("flood", {"level-1", "level-2"}, batch) {
    batcher.series_added(core::Series{0}, core::DeviceId{0}, {"level", core::Quantity::length, -3});
    batcher.series_added(core::Series{1}, core::DeviceId{0}, {"valve", core::Quantity::text});
    batcher.series_added(core::Series{2}, core::DeviceId{1}, {"odd_name", core::Quantity::none});
  }
};

}  // namespace

TEST_CASE("a channel whose hint for its decimals is beyond all is still encoded") {
  for (const int exponent : {-128, -10, 10, 127}) {
    Fixture f;
    f.batcher.series_added(core::Series{3}, core::DeviceId{0},
                           {"depth", core::Quantity::length, static_cast<std::int8_t>(exponent)});
    f.batcher.poll(poll(0, 1s, {reading(3, core::Value::number(0.25))}), f.out);
    REQUIRE(f.out.size() == 1);
    CHECK(expanded(f.out[0]).at(0).number == 0.25);
  }
}

TEST_CASE("the first poll of each device goes at once, later ones wait for the batch time") {
  Fixture f;
  f.batcher.poll(poll(0, 1000ms, {reading(0, core::Value::number(0.5))}), f.out);
  CHECK(f.out.size() == 1);
  f.batcher.poll(poll(0, 2000ms, {reading(0, core::Value::number(0.6))}), f.out);
  CHECK(f.out.size() == 1);
  CHECK(f.batcher.deadline() == 7s);
  f.batcher.tick(6999ms, f.out);
  CHECK(f.out.size() == 1);
  f.batcher.tick(7000ms, f.out);
  REQUIRE(f.out.size() == 2);
  CHECK(f.batcher.deadline() == core::Nanos::max());
  CHECK(expanded(f.out[1]) == std::vector<Got>{{"level-1", "level", "", 0.6, 2000, v1::QUALITY_GOOD}});
}

TEST_CASE("what goes in comes out: numbers, texts, quality, gaps, odd intervals") {
  Fixture f;
  f.batcher.poll(poll(0, 100ms, {reading(0, core::Value::number(1.0))}), f.out);
  f.batcher.poll(poll(1, 100ms, {reading(2, core::Value::number(7))}), f.out);
  f.out.clear();
  f.batcher.poll(poll(0, 1000ms, {reading(0, core::Value::number(0.123))}), f.out);
  f.batcher.poll(poll(1, 1001ms, {reading(2, core::Value::number(1e-20))}), f.out);
  f.batcher.poll(poll(0, 2005ms, {reading(1, core::Value::text("open"))}), f.out);
  f.batcher.poll(
      poll(0, 2900ms,
           {reading(0, core::Value::number(-2.5), core::Quality::bad), reading(1, core::Value::text("closed"))}),
      f.out);
  f.batcher.close(f.out);
  REQUIRE(f.out.size() == 1);
  CHECK(f.out[0].readings == 5);
  CHECK(expanded(f.out[0]) == std::vector<Got>{
                                  {"level-1", "level", "", 0.123, 1000, v1::QUALITY_GOOD},
                                  {"level-1", "level", "", -2.5, 2900, v1::QUALITY_BAD},
                                  {"level-1", "valve", "open", 0, 2005, v1::QUALITY_GOOD},
                                  {"level-1", "valve", "closed", 0, 2900, v1::QUALITY_GOOD},
                                  {"level-2", "odd_name", "", 1e-20, 1001, v1::QUALITY_GOOD},
                              });
}

TEST_CASE("two values of one channel in one poll are both kept, in order, at the same time") {
  Fixture f(0ms);
  f.batcher.poll(poll(0, 7ms,
                      {reading(0, core::Value::number(1)), reading(1, core::Value::text("open")),
                       reading(0, core::Value::number(2)), reading(0, core::Value::number(3))}),
                 f.out);
  REQUIRE(f.out.size() == 1);
  CHECK(f.out[0].readings == 4);
  CHECK(expanded(f.out[0]) == std::vector<Got>{
                                  {"level-1", "level", "", 1, 7, v1::QUALITY_GOOD},
                                  {"level-1", "level", "", 2, 7, v1::QUALITY_GOOD},
                                  {"level-1", "level", "", 3, 7, v1::QUALITY_GOOD},
                                  {"level-1", "valve", "open", 0, 7, v1::QUALITY_GOOD},
                              });
}

TEST_CASE("a batch time of zero makes each poll a message") {
  Fixture f(0ms);
  for (int i = 0; i < 3; ++i) f.batcher.poll(poll(0, core::Millis(i), {reading(0, core::Value::number(i))}), f.out);
  CHECK(f.out.size() == 3);
}

TEST_CASE("a full batch closes before its time") {
  Fixture f(std::chrono::hours(1));
  for (int i = 0; i < 5000; ++i) f.batcher.poll(poll(0, core::Millis(i), {reading(0, core::Value::number(i))}), f.out);
  CHECK(f.out.size() > 1);
  for (const core::Envelope& envelope : f.out) CHECK(envelope.payload.size() <= 16'384);
}

TEST_CASE("numbers survive to the last bit") {
  const double values[] = {0.1,
                           1.0 / 3,
                           5959.00,
                           -0.0,
                           1e300,
                           123456789012.0,
                           std::numeric_limits<double>::denorm_min(),
                           0.30000000000000004};
  Fixture f(0ms);
  for (const double value : values) {
    f.out.clear();
    f.batcher.poll(poll(1, 1ms, {reading(2, core::Value::number(value))}), f.out);
    const auto got = expanded(f.out.at(0));
    REQUIRE(got.size() == 1);
    CHECK(std::signbit(got[0].number) == std::signbit(value));
    CHECK(got[0].number == value);
  }
}

TEST_CASE("a damaged batch is an error, never a crash") {
  v1::TelemetryBatch batch;
  batch.add_device("a");
  batch.add_polls(1000);
  batch.add_poll_dt(0);
  const auto ignore = [](const codec::ExpandedReading&) {};
  CHECK(codec::expand(batch, ignore).error().message().find("poll times are missing") != std::string::npos);
  batch.set_polls(0, 1);
  batch.add_series(7);
  batch.add_channel(10);
  batch.add_exponent(0);
  CHECK(codec::expand(batch, ignore).error().message().find("device is missing") != std::string::npos);
  batch.set_series(0, 0);
  CHECK(codec::expand(batch, ignore).error().message().find("values are missing") != std::string::npos);
  batch.add_value(5);
  batch.set_exponent(0, 98);
  CHECK(codec::expand(batch, ignore).error().message().find("text is missing") != std::string::npos);
  batch.set_exponent(0, 50);
  CHECK(codec::expand(batch, ignore).error().message().find("exponent 50") != std::string::npos);
}

TEST_CASE("when the source measured goes out where it is not the poll's time, and only there") {
  Fixture f(0ms);
  f.batcher.series_added(core::Series{3}, core::DeviceId{1}, {"valve", core::Quantity::text});
  using Times = std::vector<std::optional<std::int64_t>>;
  const auto times_of = [](const core::Envelope& envelope) {
    v1::TelemetryBatch batch;
    REQUIRE(batch.ParseFromArray(envelope.payload.data(), static_cast<int>(envelope.payload.size())));
    Times times;
    REQUIRE(codec::expand(batch, [&times](const codec::ExpandedReading& r) { times.push_back(r.measured_ms); }).ok());
    return times;
  };
  const core::Micros now(1'782'914'400'000'000);
  const auto at = [now](std::uint32_t series, core::Value value, std::optional<core::Micros> measured) {
    core::Reading r = reading(series, value);
    r.measured = measured;
    r.received.utc = now;
    return r;
  };
  const auto one = core::Value::number(1);
  f.batcher.poll(poll(0, 7ms,
                      {at(0, one, {}), at(0, one, now), at(0, one, now - 60s), at(0, one, now - 61s),
                       at(0, one, now + 61s), at(1, core::Value::text("open"), core::Micros(-1))}),
                 f.out);
  REQUIRE(f.out.size() == 1);
  const std::int64_t ms = now.count() / 1000;
  CHECK(times_of(f.out[0]) == Times{{}, {}, {}, ms - 61'000, ms + 61'000, -1});
  f.batcher.poll(poll(1, 9ms, {at(2, one, {}), at(3, core::Value::text("x"), now - 3600s)}), f.out);
  REQUIRE(f.out.size() == 2);
  CHECK(times_of(f.out[1]) == Times{{}, ms - 3'600'000});
  f.batcher.poll(poll(0, 11ms, {at(0, one, {})}), f.out);
  CHECK(times_of(f.out[2]) == Times{{}});
}

TEST_CASE("no batch is larger than what may be delivered, and none is made of a reading less") {
  constexpr std::size_t kMost = 2000;
  codec::Batcher batcher("flood", {"level-1"}, 1h);
  for (std::uint32_t series = 0; series < 300; ++series) {
    batcher.series_added(core::Series{series}, core::DeviceId{0}, {"c" + std::to_string(series), core::Quantity::none});
  }
  batcher.limit(kMost);
  std::vector<core::Envelope> out;
  std::vector<double> said;
  std::uint64_t noise = 1;
  for (int round = 0; round < 5; ++round) {
    std::vector<core::Reading> readings;
    for (std::uint32_t series = 0; series < 300; ++series) {
      noise = noise * 6364136223846793005U + 1442695040888963407U;
      said.push_back(static_cast<double>(noise >> 12));
      readings.push_back(reading(series, core::Value::number(said.back())));
    }
    batcher.poll(poll(0, core::Millis(1000 * round), readings), out);
  }
  batcher.close(out);
  std::vector<double> heard;
  for (const core::Envelope& envelope : out) {
    CHECK(envelope.payload.size() <= kMost);
    for (const Got& got : expanded(envelope)) heard.push_back(got.number);
  }
  std::sort(said.begin(), said.end());
  std::sort(heard.begin(), heard.end());
  CHECK(heard == said);
}
