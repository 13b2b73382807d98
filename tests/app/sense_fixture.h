// The sense side without lines: two domains, no rules, and whatever went down.
#pragma once

#include <doctest/doctest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "afferent/v1/afferent.pb.h"
#include "agent/app/sense.h"
#include "agent/codec/seal.h"
#include "tests/support/fakes.h"

namespace afferent::test {

inline std::vector<core::DeviceIdentity> two_devices() {
  std::vector<core::DeviceIdentity> devices(2);
  devices[0].id = "meter-1";
  devices[0].domain = "water";
  devices[1].id = "level-1";
  devices[1].domain = "flood";
  devices[1].calibration = {{"level", 2.0, -0.5}};
  return devices;
}

inline core::ChannelSpec channel_spec(const std::string& name, core::Quantity quantity) {
  core::ChannelSpec channel;
  channel.name = name;
  channel.quantity = quantity;
  return channel;
}

struct SenseFixture {
  std::vector<core::DeviceIdentity> devices = two_devices();
  FakeClock clock;
  CountingRandom random;
  codec::Messages messages{devices};
  std::unique_ptr<rules::Engine> rules;
  codec::GapWriter gaps;
  core::BoundedQueue<core::DownItem> queue{64u << 20};
  app::Downlink down{queue, gaps};
  std::unique_ptr<app::Sense> sense;
  std::vector<core::Envelope> envelopes;  // in the order in which they came
  std::vector<core::StateChange> changes;
  std::map<std::string, core::Bytes> retained;  // the newest of each topic
  std::map<std::string, int> times;             // that each topic was published

  explicit SenseFixture(core::Millis batch = core::Millis{0}) {
    auto engine = rules::Engine::create({}, {{"meter-1", "", "water"}, {"level-1", "", "flood"}}, random,
                                        rules::Language::english);
    REQUIRE(engine);
    rules = std::move(engine).value();
    sense = std::make_unique<app::Sense>(devices, batch, *rules, messages, down);
  }
  void take() {
    for (core::DownItem& item : queue.take(core::Nanos::zero())) {
      if (auto* parcel = std::get_if<core::Parcel>(&item)) {
        for (core::Envelope& one : parcel->envelopes) envelopes.push_back(std::move(one));
        for (core::StateChange& one : parcel->changes) changes.push_back(std::move(one));
      } else if (auto* slot = std::get_if<core::SlotUpdate>(&item)) {
        ++times[slot->message.topic];
        retained[slot->message.topic] = std::move(slot->message.payload);
      }
    }
  }
  void poll(std::uint32_t device, std::uint32_t series, double value) {
    core::Poll poll;
    poll.device = core::DeviceId{device};
    poll.received = clock.now();
    core::Reading reading;
    reading.device = poll.device;
    reading.series = core::Series{series};
    reading.value = core::Value::number(value);
    reading.received = poll.received;
    const std::vector<core::Reading> readings{reading};
    poll.readings = {readings.begin(), readings.end()};
    sense->poll(poll);
  }
};

template <class Message>
Message parsed(const core::Bytes& bytes) {
  Message message;
  REQUIRE(message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
  return message;
}

}  // namespace afferent::test
