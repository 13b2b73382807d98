#include "agent/app/bulletin.h"

#include <algorithm>
#include <cmath>

#include "agent/app/status.h"
#include "tests/app/sense_fixture.h"

using namespace afferent;
using namespace afferent::test;

namespace pb = afferent::v1;

namespace {

constexpr const char* kStatus = "afferent/v1/node/status/n1/31";
constexpr const char* kFloodState = "afferent/v1/flood/state/n1/31";
constexpr const char* kFloodInventory = "afferent/v1/flood/inventory/n1/31";

struct NoOutput final : rules::Output {
  void alert(const core::Alert& /*alert*/) override {}
  void state(core::StateChange /*change*/) override {}
  void alert_of_gone_device(const core::Alert& /*alert*/, std::string_view /*device_id*/) override {}
};

struct Fixture : SenseFixture {
  config::Config config;
  core::Health level_health = core::Health::unknown;
  std::unique_ptr<app::Bulletin> bulletin;
  std::uint32_t series = 0;

  Fixture() {
    config.node.id = "n1";
    config.node.area = {"31"};
    for (const core::DeviceIdentity& identity : devices) config.devices.emplace_back().identity = identity;
    begin();
  }
  void begin() {
    bulletin =
        std::make_unique<app::Bulletin>(config, clock, messages, *sense, *rules, down, [this](core::DeviceId id) {
          acquire::DeviceHealth health;
          if (core::index(id) == 1) health.state = level_health;
          return health;
        });
  }
  void connects() {
    core::DeliveryReport report;
    report.connected = true;
    report.connected_now = true;
    report.mqtt5 = true;
    report.session = 99;
    report.epoch = 5;
    report.next_sequence["flood/alert"] = 17;
    bulletin->delivery(report);
    take();
  }
  void seconds(int count) {
    for (int i = 0; i < count; ++i) {
      clock.stamp.boot += core::Seconds{1};
      bulletin->second();
    }
    take();
  }
  void add(const std::string& name, core::DeviceId device = core::DeviceId{1}) {
    sense->series_added(core::Series{series++}, device, channel_spec(name, core::Quantity::length));
  }
  pb::NodeStatus status() { return parsed<pb::NodeStatus>(retained[kStatus]); }
};

}  // namespace

TEST_CASE("a new connection is told who is there: status, states and inventories of every domain") {
  Fixture f;
  f.add("level");
  f.seconds(5);
  CHECK(f.retained.empty());
  f.connects();
  CHECK(f.status().online());
  CHECK(f.status().session() == 99);
  CHECK(f.status().node() == "n1");
  CHECK(f.status().epoch() == 5);
  CHECK(f.status().delivery() == "confirmed");
  REQUIRE(f.status().stream_size() == 1);
  CHECK(f.retained.count("afferent/v1/water/state/n1/31") == 1);
  CHECK(f.retained.count("afferent/v1/water/inventory/n1/31") == 1);
  const auto inventory = parsed<pb::Inventory>(f.retained[kFloodInventory]);
  REQUIRE(inventory.device_size() == 1);
  CHECK(inventory.device(0).id() == "level-1");
  REQUIRE(inventory.device(0).channel_size() == 1);
  CHECK(inventory.device(0).channel(0) == "level m");
  REQUIRE(inventory.device(0).calibration_size() == 1);
  CHECK(inventory.device(0).calibration(0).channel() == "level");
  CHECK(inventory.device(0).calibration(0).scale() == 2.0);
  CHECK(inventory.device(0).calibration(0).offset() == -0.5);
}

TEST_CASE("a channel that came to be after those of later devices stands in its device's inventory") {
  Fixture f;
  f.add("height", core::DeviceId{0});
  f.add("level");
  f.add("depth", core::DeviceId{0});
  f.connects();
  const auto water = parsed<pb::Inventory>(f.retained["afferent/v1/water/inventory/n1/31"]);
  REQUIRE(water.device(0).channel_size() == 2);
  CHECK(water.device(0).channel(0) == "depth m");
  CHECK(water.device(0).channel(1) == "height m");
  const auto flood = parsed<pb::Inventory>(f.retained[kFloodInventory]);
  REQUIRE(flood.device(0).channel_size() == 1);
  CHECK(flood.device(0).channel(0) == "level m");
}

TEST_CASE("a rule with a domain of its own has a state there, for its alerts, but no inventory") {
  Fixture f;
  f.config.rules.emplace_back().domain = "manhole";
  f.begin();
  f.connects();
  CHECK(f.retained.count("afferent/v1/manhole/state/n1/31") == 1);
  CHECK(f.retained.count("afferent/v1/manhole/inventory/n1/31") == 0);
}

TEST_CASE("trouble of the store and of the connection are both told") {
  Fixture f;
  f.connects();
  core::DeliveryReport report;
  report.connected = true;
  report.store_trouble = "disk full";
  f.bulletin->delivery(report);
  f.seconds(60);
  CHECK(f.status().trouble() == "disk full");
  report.trouble = "flood/alert refused";
  f.bulletin->delivery(report);
  f.seconds(60);
  CHECK(f.status().trouble() == "disk full; flood/alert refused");
}

TEST_CASE("status and states come again at a change and once a minute, the last status says offline") {
  Fixture f;
  f.connects();
  CHECK(f.times[kStatus] == 1);
  f.seconds(30);
  CHECK(f.times[kStatus] == 1);
  f.level_health = core::Health::good;
  f.seconds(1);
  CHECK(f.times[kStatus] == 2);
  f.seconds(60);
  CHECK(f.times[kStatus] == 3);
  CHECK(f.times[kFloodState] == 3);
  f.bulletin->farewell();
  f.take();
  CHECK_FALSE(f.status().online());
}

TEST_CASE("channels that a device turns out to have later come into the inventory, not more often than every 10 s") {
  Fixture f;
  f.add("level");
  f.connects();
  CHECK(f.times[kFloodInventory] == 1);
  f.seconds(30);
  CHECK(f.times[kFloodInventory] == 1);
  f.add("distance");
  f.seconds(1);
  CHECK(f.times[kFloodInventory] == 2);
  CHECK(parsed<pb::Inventory>(f.retained[kFloodInventory]).device(0).channel_size() == 2);
  for (int i = 0; i < 15; ++i) {
    f.add("level@" + std::to_string(i));
    f.seconds(1);
  }
  CHECK(f.times[kFloodInventory] == 3);
  f.seconds(10);
  CHECK(f.times[kFloodInventory] == 4);
  CHECK(parsed<pb::Inventory>(f.retained[kFloodInventory]).device(0).channel_size() == 17);
}

TEST_CASE("the state of a domain with thousands of channels comes in pages, none of them lost or too large") {
  Fixture f;
  constexpr int kChannels = 5000;
  for (int i = 0; i < kChannels; ++i) {
    f.add("level@" + std::to_string(i));
    f.poll(1, static_cast<std::uint32_t>(i), i);
  }
  f.connects();
  std::set<std::string> seen;
  std::uint32_t pages = 0;
  for (const auto& [topic, bytes] : f.retained) {
    if (!topic.starts_with(kFloodState)) continue;
    CHECK(bytes.size() <= 65536);
    const auto page = parsed<pb::DomainState>(bytes);
    CHECK(topic == kFloodState + (page.page() == 0 ? "" : "/p" + std::to_string(page.page())));
    pages = page.pages();
    for (const pb::DeviceState& device : page.device()) {
      for (const pb::ChannelState& channel : device.channel()) seen.insert(channel.channel());
    }
  }
  CHECK(pages > 1);
  CHECK(seen.size() == kChannels);
}

TEST_CASE("what is not published any more is taken back, also what an earlier run has published") {
  Fixture before;
  const std::string gone = "afferent/v1/gas/state/n1/31";
  const std::string of_another = "afferent/v1/gas/state/n2/31";
  const std::string text = gone + "\n" + kFloodState + "\n" + of_another + "\n";
  const core::ByteView bytes = core::as_bytes(text);
  before.bulletin->restore({{"retained/state", {"retained/state", 1, core::Bytes(bytes.begin(), bytes.end())}}});
  before.connects();
  REQUIRE(before.retained.count(gone) == 1);
  CHECK(before.retained[gone].empty());
  CHECK_FALSE(before.retained[kFloodState].empty());
  CHECK(before.retained.count(of_another) == 0);
  const auto saved = std::find_if(before.changes.begin(), before.changes.end(),
                                  [](const core::StateChange& change) { return change.key == "retained/state"; });
  REQUIRE(saved != before.changes.end());
  CHECK(core::as_text(saved->bytes) == std::string(kFloodState) + "\nafferent/v1/water/state/n1/31\n");

  Fixture after;
  after.bulletin->restore({{saved->key, *saved}});
  after.connects();
  CHECK(after.retained.count(gone) == 0);
}

TEST_CASE("the status names the rules that are suspended, as long as the clock is not right") {
  Fixture f;
  rules::RuleSetup night;
  night.id = "night";
  night.kind = "window";
  night.channel = "level";
  night.devices = {core::DeviceId{1}};
  core::ConfigNode::Table options;
  options.emplace("measure", core::ConfigNode(std::string("max"), {}));
  options.emplace("hours", core::ConfigNode(std::string("02:00-04:00"), {}));
  options.emplace("above", core::ConfigNode(1.0, {}));
  night.options = core::ConfigNode(std::move(options), {});
  std::vector<rules::DeviceNames> names(f.config.devices.size());
  for (std::size_t i = 0; i < names.size(); ++i) names[i].id = f.config.devices[i].identity.id;
  CountingRandom random;
  const auto engine = rules::Engine::create({night}, std::move(names), random, rules::Language::english);
  REQUIRE(engine.ok());
  const auto status = [&](core::ClockState clock) {
    core::Stamp now = f.clock.now();
    now.clock = clock;
    return app::status_json(config::Config(), *f.bulletin, app::Lines(), **engine, *f.sense, 0, now);
  };
  CHECK(status(core::ClockState::unsynced).find(R"("suspended":[{"rule":"night","reason":"no clock"}])") !=
        std::string::npos);
  CHECK(status(core::ClockState::holdover).find(R"("suspended":[])") != std::string::npos);
}

TEST_CASE("the status tells how many readings the rules could not judge by their value") {
  Fixture f;
  f.add("level");
  rules::RuleSetup road;
  road.id = "road";
  road.kind = "threshold";
  road.channel = "level";
  road.devices = {core::DeviceId{1}};
  road.options = core::ConfigNode(core::ConfigNode::Table{{"above", core::ConfigNode(1.0, {})}}, {});
  CountingRandom random;
  const auto engine = rules::Engine::create({road}, {{"meter-1", "", "water"}, {"level-1", "", "flood"}}, random,
                                            rules::Language::english);
  REQUIRE(engine.ok());
  (*engine)->series_added(core::Series{0}, core::DeviceId{1}, channel_spec("level", core::Quantity::length));
  REQUIRE((*engine)->restore({}, f.clock.now(), 1).ok());
  core::Poll poll{core::DeviceId{1}, f.clock.now(), {}};
  for (const core::Value& value : {core::Value::number(0.5), core::Value::number(std::nan("")),
                                   core::Value::number(HUGE_VAL), core::Value::text("high")}) {
    core::Reading reading;
    reading.series = core::Series{0};
    reading.device = core::DeviceId{1};
    reading.value = value;
    reading.received = poll.received;
    poll.readings.push_back(reading);
  }
  NoOutput out;
  (*engine)->poll(poll, out);
  const std::string status =
      app::status_json(config::Config(), *f.bulletin, app::Lines(), **engine, *f.sense, 0, f.clock.now());
  CHECK(status.find(R"("judged":{"readings":4,"wrong_kind":1,"not_finite":2})") != std::string::npos);
}

TEST_CASE("the status tells when a device that is left in peace is tried again, and its longest round trip") {
  config::DeviceConfig device;
  device.identity.id = "meter-1";
  acquire::DeviceHealth health;
  health.round_trip_ms = 20.4;
  health.round_trip_max_ms = 180.6;
  core::Stamp now;
  now.boot = core::Seconds(100);
  const auto told = [&] {
    core::JsonWriter json;
    app::write_device(json, device, health, now);
    return json.take();
  };
  CHECK(told().find(R"("next_try_s":null)") != std::string::npos);
  CHECK(told().find(R"("round_trip_ms":20,"round_trip_max_ms":181)") != std::string::npos);
  health.quarantined_until = core::Seconds(130);
  CHECK(told().find(R"("next_try_s":30)") != std::string::npos);
  health.quarantined_until = core::Seconds(90);  // due, and the line is busy
  CHECK(told().find(R"("next_try_s":0)") != std::string::npos);
}
