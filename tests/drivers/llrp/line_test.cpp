// The driver on a real line, as it runs in the agent.
#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "agent/acquire/line.h"
#include "drivers/llrp/llrp.h"
#include "drivers/llrp/simulated.h"
#include "tests/drivers/llrp/reader.h"

namespace afferent::test::llrp {
namespace {

using core::Health;
using core::Millis;
using core::Seconds;
using drivers::Truth;

const Truth kTwoTags{{{"antenna", 1}, {"rssi", -50}}, {{"tag", "3005FB63AC1F3841EC880467 33B4257BF40C0E4000000190"}}};

class Polls final : public core::PollSink {
 public:
  void series_added(core::Series, core::DeviceId, const core::ChannelSpec&) override {}
  void poll(const core::Poll& poll) override {
    std::string line;
    for (const core::Reading& reading : poll.readings) {
      line += (line.empty() ? "" : " ") + (reading.value.kind() == core::Value::Kind::text
                                               ? std::string(reading.value.as_text())
                                               : std::to_string(static_cast<long>(reading.value.as_number())));
    }
    lines.push_back(std::move(line));
  }
  std::vector<std::string> lines;
};

// A simulated reader on a TCP port that answers each write after a millisecond.
struct Street {
  explicit Street(std::string_view options = {}) {
    auto owned = std::make_unique<FakePort>(core::Port::Medium::stream);
    port = owned.get();
    line = std::make_unique<acquire::Line>(acquire::LineSetup{.id = "tcp"}, std::move(owned), timers, clock, series,
                                           polls, log);
    core::DriverConfig config;
    config.devices.push_back(device_with(options));
    auto driver = drivers::llrp::spec().create(config);
    REQUIRE(driver.ok());
    acquire::DeviceSetup setup;
    setup.id = "gate";
    setup.retries = 0;
    REQUIRE(line->add(core::Scope::device, {setup}, std::move(*driver)).ok());
    port->on_write = [this](core::ByteView bytes) {
      const core::Bytes request(bytes.begin(), bytes.end());
      timers.at(clock.stamp.boot + Millis(1), [this, request] {
        if (alive) says(reader.answer(request, truth, served));
      });
    };
    line->start(clock.stamp);
  }
  void says(const core::Bytes& bytes) {
    if (!bytes.empty() && port->open) port->says(clock.stamp, bytes);
  }
  void connects() {
    port->opens(clock.stamp);
    says(reader.greeting());
    timers.advance(Millis(50));
  }
  Health health() const { return line->health(core::DeviceId{0}).state; }
  std::size_t written(Type type) const {
    std::size_t count = 0;
    for (const core::Bytes& bytes : port->written) {
      count += (bytes[1] | (bytes[0] & 3U) << 8) == static_cast<unsigned>(type) ? 1 : 0;
    }
    return count;
  }

  FakeClock clock;
  FakeTimers timers{clock};
  RecordingLog log;
  Polls polls;
  acquire::SeriesTable series{polls};
  FakePort* port = nullptr;
  drivers::llrp::SimulatedReader reader;
  Truth truth;
  Truth served;
  bool alive = true;
  std::unique_ptr<acquire::Line> line;
};

TEST_CASE("on a line each tag of a report is a poll of its own, whoever has the turn") {
  Street street;
  street.truth = kTwoTags;
  street.connects();
  const std::vector<std::string> both{"3005FB63AC1F3841EC880467 1 -50", "33B4257BF40C0E4000000190 1 -50"};
  CHECK(street.polls.lines == both);  // within the turn of the set-up
  street.polls.lines.clear();
  street.timers.advance(Seconds(3));
  street.says(street.reader.report(kTwoTags, street.served));
  CHECK(street.polls.lines == both);  // at once, while nobody has a turn
  CHECK(street.health() == Health::good);
}

TEST_CASE("on a line a reader that hears no tags is well") {
  Street street;
  street.connects();
  street.timers.advance(Seconds(1));
  CHECK(street.health() == Health::good);
  CHECK(street.polls.lines.empty());
}

TEST_CASE("on a line keep-alives are answered at once and hold nobody up") {
  Street street;
  street.connects();
  for (int i = 0; i < 60; ++i) {
    street.timers.advance(Seconds(10));
    street.says(street.reader.keepalive());
    street.timers.advance(Millis(5));
    CHECK(street.written(Type::keepalive_ack) == static_cast<std::size_t>(i + 1));
  }
  CHECK(street.health() == Health::good);
  CHECK(street.line->health(core::DeviceId{0}).polls >= 60);
  CHECK(street.port->reopened.empty());
}

TEST_CASE("on a line a reader that falls silent is called again and set up anew") {
  Street street("keepalive = '2 s'");
  street.connects();
  street.alive = false;
  street.timers.advance(Millis(5500));
  CHECK(street.port->reopened.empty());
  street.timers.advance(Seconds(1));
  REQUIRE(street.port->reopened.size() == 1);
  street.port->closes(street.clock.stamp, street.port->reopened[0]);
  CHECK(street.health() == Health::silent);
  CHECK(street.line->health(core::DeviceId{0}).last_error.find("keep-alives") != std::string::npos);
  street.alive = true;
  street.truth = kTwoTags;
  street.connects();
  CHECK(street.polls.lines.size() == 2);
  CHECK(street.health() == Health::good);
}

TEST_CASE("on a line a refused connection is said") {
  Street street;
  street.port->opens(street.clock.stamp);
  street.says(greeting(2));
  REQUIRE(street.port->reopened.size() == 1);
  street.port->closes(street.clock.stamp, street.port->reopened[0]);
  CHECK(street.health() == Health::silent);
  CHECK(street.line->health(core::DeviceId{0}).last_error.find("another client is connected") != std::string::npos);
}

TEST_CASE("on a line reports can be fetched in each turn") {
  Street street("report = 'poll'");
  street.connects();
  street.truth = kTwoTags;
  street.timers.advance(Seconds(25));
  CHECK(street.written(Type::get_report) >= 2);
  CHECK(street.polls.lines.size() == 2 * street.written(Type::get_report));
  CHECK(street.health() == Health::good);
}

TEST_CASE("on a line commands are answered") {
  Street street;
  street.truth = kTwoTags;
  street.connects();
  std::vector<std::string> results;
  const auto command = [&](const char* verb) {
    street.line->command(core::DeviceId{0}, {core::DeviceRef{}, verb, {}},
                         [&](const auto& result) { results.push_back(result ? "done" : result.error().message()); });
    street.timers.advance(Millis(50));
  };
  command("stop");
  street.polls.lines.clear();
  street.says(street.reader.report(kTwoTags, street.served));
  CHECK(street.polls.lines.empty());
  command("start");
  CHECK(street.polls.lines.size() == 2);
  street.alive = false;
  command("stop");
  street.timers.advance(Seconds(6));
  CHECK(results == std::vector<std::string>{"done", "done", "no reply to STOP_ROSPEC"});
}

TEST_CASE("the line passes on the reader's good-bye while the port is open") {
  Street street;
  street.port->written.clear();
  street.line->farewell();
  CHECK(street.port->written.empty());
  street.connects();
  street.port->written.clear();
  street.line->farewell();
  REQUIRE(street.port->written.size() == 1);
  CHECK(core::to_hex(street.port->written[0]).starts_with("040E"));
}

}  // namespace
}  // namespace afferent::test::llrp
