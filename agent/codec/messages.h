// Alerts, status, state and inventory as they are published. Loop-bound.
#pragma once

#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "agent/core/alert.h"
#include "agent/core/delivery.h"
#include "agent/core/device.h"
#include "agent/core/envelope.h"
#include "agent/core/event.h"
#include "agent/core/reading.h"

namespace afferent::codec {

// What a device looks like in a DomainState.
struct DeviceFacts {
  core::DeviceId device{};
  core::Health health = core::Health::unknown;
  core::Nanos last_good{};  // boot time; zero: never
  std::uint64_t errors = 0;
  std::string last_error;
  core::Millis round_trip{};
};

// The latest value of a series.
struct ChannelFacts {
  core::DeviceId device{};
  std::string channel;
  core::Quantity quantity = core::Quantity::none;
  bool known = false;
  double number = 0.0;
  std::string text;
  core::Quality quality = core::Quality::good;
  core::Nanos at{};
};

struct NodeFacts {
  std::string node;
  std::string board;
  std::string software;
  core::ClockState clock = core::ClockState::unsynced;
  std::uint64_t boot = 0;
  core::Micros utc_at_boot{};  // zero while unknown
  core::Nanos uptime{};        // of the agent
  std::map<core::Health, std::uint32_t> health;
};

core::Bytes encode_will(std::uint64_t session);
core::Bytes encode_status(const NodeFacts& node, const core::DeliveryReport& delivery, bool online);

class Messages {
 public:
  // `cameras` near each device, by DeviceId; may be empty.
  explicit Messages(std::vector<core::DeviceIdentity> devices, std::vector<std::vector<std::string>> cameras = {})
      : devices_(std::move(devices)), cameras_(std::move(cameras)) {
    cameras_.resize(devices_.size());
  }

  core::Envelope alert(const core::Alert& alert) const;
  // Of a device that is not configured any more; `alert.device` means nothing.
  core::Envelope alert_of(const core::Alert& alert, std::string_view device_id) const;
  core::Envelope event(const core::Event& event) const;
  core::Envelope custody(const core::Custody& custody) const;
  // `channels` is sorted by device.
  core::Bytes inventory(std::string_view domain, std::span<const ChannelFacts> channels) const;

  // Pages of at most 64 kB; page n > 0 is published at <topic>/p<n>. `devices` and `latest` are sorted by device.
  std::vector<core::Bytes> state(std::string_view domain, const NodeFacts& node, std::span<const DeviceFacts> devices,
                                 std::span<const ChannelFacts> latest, std::span<const core::Alert> alerts) const;

 private:
  std::vector<core::DeviceIdentity> devices_;      // by DeviceId
  std::vector<std::vector<std::string>> cameras_;  // by DeviceId
};

}  // namespace afferent::codec
