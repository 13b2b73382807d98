#include "agent/app/driver_states.h"

#include <doctest/doctest.h>

using namespace afferent;

namespace {

class Counter final : public core::Driver {
 public:
  std::span<const core::ChannelSpec> channels(core::DeviceRef) const override { return {}; }
  void on(const core::WireEvent&, core::Sink&) override {}
  core::Bytes save() const override { return pulses == 0 ? core::Bytes() : core::Bytes{pulses}; }
  core::Result<void> restore(core::ByteView saved) override {
    if (saved.size() != 1) return core::Error(core::ErrorCode::bad_input, "not one byte");
    pulses = saved[0];
    return {};
  }
  std::uint8_t pulses = 0;
};

}  // namespace

TEST_CASE("a driver's state goes down with the poll that changed it, and only then") {
  Counter counter;
  app::DriverStates states;
  states.add("driver/meter", counter, {core::DeviceId{3}}, core::Nanos::zero());
  CHECK_FALSE(states.after_poll(core::DeviceId{3}, core::Seconds{1}));
  counter.pulses = 7;
  CHECK_FALSE(states.after_poll(core::DeviceId{4}, core::Seconds{1}));
  const auto change = states.after_poll(core::DeviceId{3}, core::Seconds{1});
  REQUIRE(change);
  CHECK(change->key == "driver/meter");
  CHECK(change->bytes == core::Bytes{7});
  CHECK_FALSE(states.after_poll(core::DeviceId{3}, core::Seconds{2}));
  CHECK(states.changed().empty());
}

TEST_CASE("a driver of a whole port is saved now and then, and at the end") {
  Counter counter;
  app::DriverStates states;
  states.add("driver/radio/wmbus", counter, {core::DeviceId{0}, core::DeviceId{1}}, core::Seconds{10});
  counter.pulses = 1;
  CHECK(states.after_poll(core::DeviceId{0}, core::Seconds{1}));
  counter.pulses = 2;
  CHECK_FALSE(states.after_poll(core::DeviceId{1}, core::Seconds{10}));
  CHECK(states.after_poll(core::DeviceId{1}, core::Seconds{11}));
  counter.pulses = 3;
  CHECK(states.changed().size() == 1);
}

TEST_CASE("state comes back before the first event, and what is damaged is named and left") {
  Counter whole;
  Counter damaged;
  app::DriverStates states;
  states.add("driver/a", whole, {core::DeviceId{0}}, core::Nanos::zero());
  states.add("driver/b", damaged, {core::DeviceId{1}}, core::Nanos::zero());
  const auto errors = states.restore({{"driver/a", {"driver/a", 1, {9}}}, {"driver/b", {"driver/b", 1, {1, 2}}}});
  CHECK(whole.pulses == 9);
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].message().find("driver/b") != std::string::npos);
  CHECK_FALSE(states.after_poll(core::DeviceId{0}, core::Seconds{1}));  // nothing new to say
}
