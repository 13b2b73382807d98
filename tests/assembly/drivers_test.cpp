// Which drivers come of a configuration.
#include "agent/assembly/drivers.h"

#include <doctest/doctest.h>

#include <string>

#include "agent/assembly/rules.h"
#include "tests/support/fakes.h"

using namespace afferent;

namespace {

class Mute final : public core::Driver {
 public:
  std::span<const core::ChannelSpec> channels(core::DeviceRef) const override { return channels_; }
  void on(const core::WireEvent&, core::Sink&) override {}

 private:
  const std::vector<core::ChannelSpec> channels_{{.name = "level"}, {.name = "flow"}};
};

// Refuses devices whose name begins with "bad".
core::Result<std::unique_ptr<core::Driver>> create(const core::DriverConfig& config) {
  for (const core::DriverDevice& device : config.devices) {
    if (device.id.starts_with("bad")) return core::Error(core::ErrorCode::bad_config, "It has no address");
  }
  return std::unique_ptr<core::Driver>(std::make_unique<Mute>());
}

core::DriverSpec spec(const char* name, core::Scope scope) {
  core::DriverSpec spec{};
  spec.name = name;
  spec.scope = scope;
  spec.create = create;
  return spec;
}

struct Street {
  core::DriverSpec meter = spec("meter", core::Scope::device);
  core::DriverSpec radio = spec("radio", core::Scope::port);
  config::Config config;
  test::FakeClock clock;

  Street() { config.ports.resize(2); }
  void add(const std::string& id, const core::DriverSpec& driver, std::size_t port) {
    config::DeviceConfig device;
    device.identity.id = id;
    device.driver = &driver;
    device.port = port;
    device.source = {"street.toml", static_cast<std::uint32_t>(config.devices.size() + 1)};
    config.devices.push_back(std::move(device));
  }
};

}  // namespace

TEST_CASE("each device gets a driver of its own, or shares one with those of its port and kind") {
  Street street;
  street.add("r1", street.radio, 1);
  street.add("m1", street.meter, 0);
  street.add("r2", street.radio, 0);
  street.add("r3", street.radio, 1);
  const assembly::Drivers drivers = assembly::make_drivers(street.config, street.clock);
  CHECK(drivers.problems.empty());
  REQUIRE(drivers.placed.size() == 3);
  CHECK(drivers.placed[0].spec == &street.meter);
  CHECK(drivers.placed[0].devices == std::vector{core::DeviceId{1}});
  CHECK(drivers.placed[1].port == 0);
  CHECK(drivers.placed[1].devices == std::vector{core::DeviceId{2}});
  CHECK(drivers.placed[2].port == 1);
  CHECK(drivers.placed[2].devices == std::vector{core::DeviceId{0}, core::DeviceId{3}});
}

TEST_CASE("every device that a driver refuses is named with its place, and the others are made") {
  Street street;
  street.add("bad-1", street.meter, 0);
  street.add("m2", street.meter, 0);
  street.add("bad-2", street.meter, 0);
  const assembly::Drivers drivers = assembly::make_drivers(street.config, street.clock);
  CHECK(drivers.placed.size() == 1);
  REQUIRE(drivers.problems.size() == 2);
  CHECK(drivers.problems[0].text() == "street.toml:1: device 'bad-1': It has no address");
  CHECK(drivers.problems[1].text() == "street.toml:3: device 'bad-2': It has no address");
}

TEST_CASE("a correction for a channel that a device does not have is refused, where all its channels are known") {
  Street street;
  street.add("m1", street.meter, 0);
  street.config.devices[0].identity.calibration = {{"level", 1, 0.1}, {"levle", 1, 0.1}};
  const assembly::Drivers drivers = assembly::make_drivers(street.config, street.clock);
  REQUIRE(drivers.problems.size() == 1);
  CHECK(drivers.problems[0].text() ==
        "street.toml:1: device 'm1': calibration: there is no channel 'levle'; it has: level, flow");
  street.meter.declares = true;
  CHECK(assembly::make_drivers(street.config, street.clock).problems.empty());
}

TEST_CASE("a flag cannot be corrected, also where the wire only tells of it; a number that comes later can") {
  Street street;
  street.meter.declares = true;
  street.add("m1", street.meter, 0);
  street.config.devices[0].identity.calibration = {{"flag_leak", 1, 0.1}, {"volume@1", 1, 0.1}};
  street.config.devices[0].calibration_from = {{"street.toml", 7}, {"street.toml", 8}};
  const assembly::Drivers drivers = assembly::make_drivers(street.config, street.clock);
  REQUIRE(drivers.problems.size() == 1);
  CHECK(drivers.problems[0].text() ==
        "street.toml:7: device 'm1': calibration: channel 'flag_leak' is true or false; only numbers can be corrected");
}

TEST_CASE("the engine speaks of the configuration's rules and devices") {
  Street street;
  street.add("m1", street.meter, 0);
  config::RuleConfig rule;
  rule.id = "road";
  rule.kind = "no-such-kind";
  rule.source = {"street.toml", 9};
  rule.flapping = 2;
  CHECK(assembly::setup_of(rule).flapping.raises == 2);
  street.config.rules.push_back(rule);
  test::CountingRandom random;
  const auto engine = assembly::make_engine(street.config, random, {});
  REQUIRE_FALSE(engine);
  CHECK(engine.error().message().find("street.toml:9") != std::string::npos);
  CHECK(engine.error().message().find("no-such-kind") != std::string::npos);
  street.config.rules.clear();
  CHECK(assembly::make_engine(street.config, random, {}));
}
