#include <doctest/doctest.h>

#include "afferent/v1/afferent.pb.h"
#include "agent/codec/messages.h"

using namespace afferent;

namespace {

codec::Messages street() {
  core::DeviceIdentity device;
  device.id = "level-1";
  device.name = "Tianlin underpass";
  device.place.latitude = 31.17;
  device.place.longitude = 121.42;
  return codec::Messages({device});
}

template <class Message>
Message parsed(const core::Envelope& envelope) {
  Message message;
  REQUIRE(message.ParseFromArray(envelope.payload.data(), static_cast<int>(envelope.payload.size())));
  return message;
}

const core::Stamp kNoon{core::Seconds(100), core::Micros(1'790'000'000'000'000), core::ClockState::synced};

}  // namespace

TEST_CASE("an alert says who takes care of it, until when it is shelved, and what it foretells") {
  core::Alert alert;
  alert.domain = "flood";
  alert.state = core::AlertState::shelved;
  alert.acknowledged = core::Acknowledgement{"Wang Li", "on my way", kNoon};
  alert.shelf =
      core::Shelf{"Li Na", "cleaning", core::Seconds(3700), core::Micros(1'790'003'600'000'000), core::Severity::red};
  alert.flapping = 5;
  alert.expected = core::Micros(1'790'007'200'000'000);
  const auto message = parsed<v1::Alert>(street().alert(alert));
  CHECK(message.state() == v1::ALERT_STATE_SHELVED);
  CHECK(message.acknowledged_by() == "Wang Li");
  CHECK(message.acknowledged_note() == "on my way");
  CHECK(message.acknowledged_ms() == 100'000);
  CHECK(message.acknowledged_utc_us() == 1'790'000'000'000'000);
  CHECK(message.shelved_by() == "Li Na");
  CHECK(message.shelved_until_ms() == 3'700'000);
  CHECK(message.shelved_until_utc_us() == 1'790'003'600'000'000);
  CHECK(message.flapping() == 5);
  CHECK(message.expected_utc_us() == 1'790'007'200'000'000);
  const auto plain = parsed<v1::Alert>(street().alert(core::Alert{}));
  CHECK(plain.acknowledged_by().empty());
  CHECK(plain.shelved_until_ms() == 0);
}

TEST_CASE("events and custody say where and when, and go with the alerts") {
  core::Event event;
  event.what = "flood";
  event.domain = "flood";
  event.first = kNoon;
  event.last = {core::Seconds(700), core::Micros(), core::ClockState::unsynced};
  event.figures = {{"peak", 0.62, "m"}};
  event.sentence = "The flood is over.";
  const core::Envelope told = street().event(event);
  CHECK(told.kind == core::Kind::event);
  CHECK(core::priority_of(told.kind) == core::Priority::alert);
  const auto flood = parsed<v1::Event>(told);
  CHECK(flood.device_name() == "Tianlin underpass");
  CHECK(flood.first_utc_us() == 1'790'000'000'000'000);
  CHECK(flood.last_utc_us() == 0);
  CHECK(flood.last_ms() == 700'000);
  REQUIRE(flood.figure_size() == 1);
  CHECK(flood.figure(0).value() == 0.62);
  CHECK(flood.place().latitude() == 31.17);

  core::Custody custody;
  custody.tag = "E280";
  custody.state = "departed";
  custody.domain = "gas";
  custody.at = kNoon;
  custody.dwell = 3600;
  const auto left = parsed<v1::CustodyEvent>(street().custody(custody));
  CHECK(left.state() == "departed");
  CHECK(left.dwell_s() == 3600);
  CHECK(left.device() == "level-1");
}
