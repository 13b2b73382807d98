// A driver from elsewhere that throws or takes too long: its devices' health, nobody else's trouble.
#include "agent/plugin/guarded_driver.h"

#include <doctest/doctest.h>

#include <functional>
#include <stdexcept>

#include "agent/acquire/line.h"
#include "tests/support/fakes.h"

using namespace afferent;
using namespace std::chrono_literals;
using core::WireEvent;
using Kind = WireEvent::Kind;

namespace {

class Wild final : public core::Driver {
 public:
  struct Deeds {
    std::function<void(const WireEvent&, core::Sink&)> on = [](const WireEvent&, core::Sink& sink) { sink.done({}); };
    std::function<void()> other = [] {};
    std::vector<Kind> told;
    core::ChannelSpec channel{"level", core::Quantity::length};
  };
  explicit Wild(Deeds& deeds) : deeds_(deeds) {}

  std::span<const core::ChannelSpec> channels(core::DeviceRef) const override {
    deeds_.other();
    return channels_;
  }
  void on(const WireEvent& event, core::Sink& sink) override {
    deeds_.told.push_back(event.kind);
    deeds_.on(event, sink);
  }
  std::vector<core::PortWish> wishes() const override {
    deeds_.other();
    return {core::PortWish{.name = "17"}};
  }
  bool listens() const override {
    deeds_.other();
    return true;
  }
  void command(const core::DeviceCommand&, core::Sink& sink) override {
    deeds_.other();
    sink.done({});
  }
  core::Bytes save() const override {
    deeds_.other();
    return {1, 2};
  }
  core::Result<void> restore(core::ByteView) override {
    deeds_.other();
    return {};
  }

 private:
  Deeds& deeds_;
  const std::vector<core::ChannelSpec> channels_{deeds_.channel};
};

struct Cage {
  explicit Cage(std::size_t port_devices = 0) : guard(std::make_unique<Wild>(deeds), "wild", port_devices, clock) {}

  // How the turn ended: "" well, "-" not at all.
  std::string tell(Kind kind = Kind::turn) {
    sink.clear();
    WireEvent event;
    event.kind = kind;
    event.at = clock.stamp;
    guard.on(event, sink);
    return sink.done_count == 0 ? "-" : sink.done_error;
  }
  void pass(core::Nanos time) { clock.stamp.boot += time; }

  test::FakeClock clock;
  Wild::Deeds deeds;
  test::RecordingSink sink;
  plugin::GuardedDriver guard;
};

const auto kThrows = [](const WireEvent&, core::Sink&) { throw std::runtime_error("no"); };

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("what a driver throws ends its turn with an error") {
  Cage cage;
  CHECK(cage.tell() == "");
  cage.deeds.on = kThrows;
  CHECK(cage.tell() == "driver 'wild' threw: no");
  CHECK(cage.sink.rejects.empty());
  CHECK(contains(cage.tell(Kind::received), "threw: no"));
  CHECK(cage.sink.rejects.size() == 1);
  cage.deeds.on = [](const WireEvent&, core::Sink&) { throw 5; };
  CHECK(contains(cage.tell(), "no std::exception"));
}

TEST_CASE("after three exceptions a driver is not called for ten minutes, then again") {
  Cage cage;
  cage.deeds.on = kThrows;
  for (int i = 0; i < 3; ++i) CHECK_FALSE(contains(cage.tell(), "quarantine"));
  CHECK(cage.tell() == "in quarantine for up to 10 min: driver 'wild' threw: no");
  CHECK(cage.sink.rejects.empty());
  CHECK(contains(cage.tell(Kind::received), "in quarantine"));
  CHECK(cage.sink.rejects.size() == 1);
  CHECK(cage.deeds.told.size() == 3);
  cage.deeds.on = [](const WireEvent&, core::Sink& sink) { sink.done({}); };
  cage.pass(10min - 1ns);
  CHECK(contains(cage.tell(), "in quarantine"));
  cage.pass(1ns);
  CHECK(cage.tell() == "");
  cage.deeds.on = kThrows;
  for (int i = 0; i < 3; ++i) CHECK(cage.tell() == "driver 'wild' threw: no");
  CHECK(contains(cage.tell(), "in quarantine"));
}

TEST_CASE("one call of more than 50 ms is enough") {
  Cage cage;
  cage.deeds.on = [&cage](const WireEvent&, core::Sink& sink) {
    cage.pass(50ms);
    sink.done({});
  };
  CHECK(cage.tell() == "");
  cage.deeds.on = [&cage](const WireEvent&, core::Sink& sink) {
    cage.pass(51ms);
    sink.done({});
  };
  CHECK(cage.tell() == "driver 'wild' stayed 51 ms in a call; allowed: 50 ms");
  CHECK(contains(cage.tell(), "in quarantine"));
}

TEST_CASE("what opened, closed and was to wake it during its quarantine is told afterwards, in order") {
  Cage cage;
  cage.deeds.on = kThrows;
  for (int i = 0; i < 3; ++i) cage.tell();
  for (const Kind kind : {Kind::closed, Kind::received, Kind::opened, Kind::wake, Kind::wake}) cage.tell(kind);
  cage.deeds.told.clear();
  cage.deeds.on = [](const WireEvent&, core::Sink& sink) { sink.done({}); };
  cage.pass(10min);
  CHECK(cage.tell() == "");
  CHECK(cage.deeds.told == std::vector{Kind::closed, Kind::opened, Kind::wake, Kind::turn});
}

TEST_CASE("a driver of a whole port harms the health of each of its devices") {
  Cage cage(3);
  cage.deeds.on = kThrows;
  cage.tell(Kind::received);
  CHECK(cage.sink.rejects.size() == 3);  // RecordingSink takes a fault for one
}

TEST_CASE("no other call lets an exception out") {
  Cage cage;
  CHECK(cage.guard.channels(core::DeviceRef{0}).size() == 1);
  CHECK(cage.guard.wishes().size() == 1);
  CHECK(cage.guard.listens());
  CHECK(cage.guard.save() == core::Bytes{1, 2});
  CHECK(cage.guard.restore({}).ok());
  cage.deeds.other = [] { throw std::runtime_error("no"); };
  CHECK(cage.guard.channels(core::DeviceRef{0}).empty());
  CHECK(cage.guard.wishes().empty());
  CHECK_FALSE(cage.guard.listens());
  const core::Bytes before{7};
  CHECK(cage.guard.restore(before).error().message() == "driver 'wild' threw: no");
  CHECK(cage.guard.save() == before);  // what was known is not lost
  cage.pass(10min);
  cage.guard.command({}, cage.sink);
  CHECK(cage.sink.done_error == "driver 'wild' threw: no");
}

TEST_CASE("create() that throws or gives nothing is an error, and only drivers from elsewhere are guarded") {
  test::FakeClock clock;
  core::DriverSpec spec;
  spec.name = "wild";
  spec.create = [](const core::DriverConfig&) -> core::Result<std::unique_ptr<core::Driver>> { throw 5; };
  CHECK_THROWS(static_cast<void>(plugin::create_driver(spec, {}, clock)));
  spec.out_of_tree = true;
  CHECK(contains(plugin::create_driver(spec, {}, clock).error().message(), "driver 'wild': create() threw"));
  spec.create = [](const core::DriverConfig&) -> core::Result<std::unique_ptr<core::Driver>> {
    return std::unique_ptr<core::Driver>();
  };
  CHECK(contains(plugin::create_driver(spec, {}, clock).error().message(), "gave no driver"));
  spec.create = [](const core::DriverConfig&) -> core::Result<std::unique_ptr<core::Driver>> {
    return core::Error(core::ErrorCode::bad_config, "afferent.toml:3: scale");
  };
  CHECK(plugin::create_driver(spec, {}, clock).error().message() == "afferent.toml:3: scale");
}

TEST_CASE("a driver from elsewhere with a channel that cannot be is refused before it is used") {
  static Wild::Deeds deeds;
  core::DriverSpec spec;
  spec.name = "wild";
  spec.out_of_tree = true;
  spec.create = [](const core::DriverConfig&) -> core::Result<std::unique_ptr<core::Driver>> {
    return std::unique_ptr<core::Driver>(std::make_unique<Wild>(deeds));
  };
  const test::FakeClock clock;
  core::DriverConfig config;
  config.devices.emplace_back().id = "d1";
  CHECK(plugin::create_driver(spec, config, clock).ok());
  for (const core::ChannelSpec& wrong :
       {core::ChannelSpec{"Level"}, core::ChannelSpec{"level", static_cast<core::Quantity>(99)},
        core::ChannelSpec{"level", core::Quantity::length, 0, 2, 1}}) {
    deeds.channel = wrong;
    CHECK(contains(plugin::create_driver(spec, config, clock).error().message(),
                   "driver 'wild': channel '" + wrong.name + "' of device 'd1': its "));
  }
}

TEST_CASE("on a line its device is degraded with the reason, and a neighbour is polled as ever") {
  struct Polls final : core::PollSink {
    void series_added(core::Series, core::DeviceId, const core::ChannelSpec&) override {}
    void poll(const core::Poll& poll) override { ++count[core::index(poll.device)]; }
    std::map<std::size_t, int> count;
  };
  test::FakeClock clock;
  test::FakeTimers timers(clock);
  test::RecordingLog log;
  Polls polls;
  acquire::SeriesTable series(polls);
  auto port = std::make_unique<test::FakePort>();
  test::FakePort& wire = *port;
  acquire::Line line({.id = "line"}, std::move(port), timers, clock, series, polls, log);
  Wild::Deeds bad;
  bad.on = kThrows;
  Wild::Deeds good;
  good.on = [](const WireEvent& event, core::Sink& sink) {
    if (event.kind != Kind::turn) return;
    sink.reading(core::DeviceRef{0}, core::Channel{0}, core::Value::number(1));
    sink.done({});
  };
  const auto add = [&](std::uint32_t number, Wild::Deeds& deeds) {
    acquire::DeviceSetup setup;
    setup.device = core::DeviceId{number};
    setup.id = "d" + std::to_string(number);
    setup.poll = 1s;
    REQUIRE(line.add(core::Scope::device, {setup},
                     std::make_unique<plugin::GuardedDriver>(std::make_unique<Wild>(deeds), "wild", 0, clock))
                .ok());
  };
  add(0, bad);
  add(1, good);
  line.start(clock.stamp);
  wire.opens(clock.stamp);
  timers.advance(60s);
  CHECK(line.health(core::DeviceId{0}).state == core::Health::degraded);
  CHECK(contains(line.health(core::DeviceId{0}).last_error, "in quarantine for up to 10 min: driver 'wild' threw: no"));
  CHECK(bad.told.size() == 3);
  CHECK(line.health(core::DeviceId{1}).state == core::Health::good);
  CHECK(polls.count[1] >= 55);
}
