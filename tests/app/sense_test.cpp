#include "agent/app/sense.h"

#include "tests/app/sense_fixture.h"

using namespace afferent;
using namespace afferent::test;

namespace pb = afferent::v1;

TEST_CASE("a poll is the latest value of its channel and goes down as telemetry of the device's domain") {
  SenseFixture f;
  f.sense->series_added(core::Series{0}, core::DeviceId{1}, channel_spec("level", core::Quantity::length));
  f.poll(1, 0, 1.25);
  f.take();
  REQUIRE(f.envelopes.size() == 1);
  CHECK(f.envelopes[0].domain == "flood");
  CHECK(f.envelopes[0].kind == core::Kind::telemetry);
  CHECK(f.envelopes[0].readings == 1);
  REQUIRE(f.sense->latest().size() == 1);
  CHECK(f.sense->latest()[0].known);
  CHECK(f.sense->latest()[0].number == 1.25);
  CHECK(f.sense->latest()[0].at == f.clock.now().boot);
  CHECK(f.sense->readings() == 1);
}

TEST_CASE("a state remembered before a poll goes down with it in one parcel") {
  SenseFixture f;
  f.sense->series_added(core::Series{0}, core::DeviceId{0}, channel_spec("pulses", core::Quantity::none));
  f.sense->remember({"driver/meter-1", 1, {7}});
  f.take();
  CHECK(f.changes.empty());
  f.poll(0, 0, 3);
  auto items = f.queue.take(core::Nanos::zero());
  REQUIRE(items.size() == 1);
  const auto& parcel = std::get<core::Parcel>(items[0]);
  CHECK(parcel.envelopes.size() == 1);
  REQUIRE(parcel.changes.size() == 1);
  CHECK(parcel.changes[0].key == "driver/meter-1");
}

TEST_CASE("what a batch gathers goes down at its deadline, or at the end") {
  SenseFixture f(core::Millis{5000});
  f.sense->series_added(core::Series{0}, core::DeviceId{0}, channel_spec("volume", core::Quantity::volume));
  f.poll(0, 0, 1);  // a device's first poll goes at once
  f.take();
  CHECK(f.envelopes.size() == 1);
  f.clock.stamp.boot += core::Seconds{1};
  f.poll(0, 0, 2);
  f.take();
  CHECK(f.envelopes.size() == 1);
  SUBCASE("deadline") {
    REQUIRE(f.sense->deadline() < core::Nanos::max());
    f.clock.stamp.boot = f.sense->deadline();
    f.sense->tick(f.clock.now());
  }
  SUBCASE("end") { f.sense->close(f.clock.now()); }
  f.take();
  REQUIRE(f.envelopes.size() == 2);
  CHECK(f.envelopes[1].readings == 1);
}
