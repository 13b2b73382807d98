// Frames of one device that say nothing, as a driver of a whole port reports them: Sink::fault.
#include <doctest/doctest.h>

#include "tests/acquire/rig.h"

using namespace afferent;
using namespace afferent::test;
using core::DeviceRef;
using core::Health;
using Kind = WireEvent::Kind;

namespace {

struct Radio : Rig {
  Radio() : Rig({.id = "radio"}, core::Port::Medium::stream) {
    auto owned = std::make_unique<ScriptedDriver>(1);
    driver = owned.get();
    std::vector<acquire::DeviceSetup> setups(2);
    for (std::uint32_t i = 0; i < 2; ++i) {
      setups[i].device = static_cast<core::DeviceId>(i);
      setups[i].id = "meter-" + std::to_string(i);
    }
    REQUIRE(line->add(core::Scope::port, setups, std::move(owned)).ok());
    start();
  }
  void frame(ScriptedDriver::Script what) {
    driver->scripts[Kind::received] = std::move(what);
    says({1});
  }
  static void read(core::Sink& sink, DeviceRef device) {
    sink.reading(device, core::Channel{0}, core::Value::number(1));
  }
  void good(DeviceRef device) {
    frame([device](const WireEvent&, core::Sink& sink) { read(sink, device); });
  }
  void bad(DeviceRef device) {
    frame([device](const WireEvent& event, core::Sink& sink) { sink.fault(device, event.bytes, "wrong key"); });
  }
  ScriptedDriver* driver = nullptr;
};

constexpr DeviceRef kFirst{0};
constexpr DeviceRef kSecond{1};

}  // namespace

TEST_CASE("a fault counts against its device, and no other") {
  Radio radio;
  radio.good(kFirst);
  radio.good(kSecond);
  radio.bad(kFirst);
  CHECK(radio.health(0).state == Health::degraded);
  CHECK(radio.health(0).rejects == 1);
  CHECK(radio.health(0).last_error == "wrong key");
  CHECK(radio.health(0).frame_error_rate == 0.5);
  CHECK(radio.health(1).state == Health::good);
  CHECK(radio.health(1).rejects == 0);
  CHECK(radio.line->health().rejects == 1);
}

TEST_CASE("a device of which only faults came was never good") {
  Radio radio;
  radio.bad(kFirst);
  CHECK(radio.health(0).state == Health::degraded);
  CHECK_FALSE(radio.health(0).last_good);
}

TEST_CASE("the next good frame ends it; many bad ones among good ones are remembered") {
  Radio radio;
  radio.bad(kFirst);
  radio.good(kFirst);
  CHECK(radio.health(0).state == Health::good);
  for (int i = 0; i < 5; ++i) {
    radio.bad(kFirst);
    radio.good(kFirst);
  }
  CHECK(radio.health(0).state == Health::degraded);
}

TEST_CASE("a frame that gave readings and then failed is no good frame, and its readings are handed on") {
  Radio radio;
  radio.frame([](const WireEvent& event, core::Sink& sink) {
    Radio::read(sink, kFirst);
    sink.fault(kFirst, event.bytes, "the codec fails");
  });
  CHECK(radio.health(0).state == Health::degraded);
  CHECK(radio.health(0).frame_error_rate == 1.0);
  CHECK_FALSE(radio.health(0).last_good);
  CHECK(radio.polls.of(0) == 1);
}

TEST_CASE("a frame that was read after one that failed, in one chunk, is a good one") {
  Radio radio;
  radio.frame([](const WireEvent& event, core::Sink& sink) {
    sink.fault(kFirst, event.bytes, "wrong key");
    Radio::read(sink, kFirst);
    Radio::read(sink, kSecond);
  });
  CHECK(radio.health(0).state == Health::good);
  CHECK(radio.health(0).frame_error_rate == 0.5);
  CHECK(radio.health(1).state == Health::good);
}

TEST_CASE("a fault of a device that there is not is a reject of the line") {
  Radio radio;
  radio.bad(DeviceRef{7});
  CHECK(radio.line->health().rejects == 1);
  CHECK(radio.health(0).rejects == 0);
}
