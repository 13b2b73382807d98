// One LoRaWAN device of the driver: what is configured, what its session is at, its channels. Loop-bound.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "agent/core/driver.h"
#include "drivers/lorawan/counter.h"
#include "drivers/lorawan/event.h"
#include "drivers/lorawan/options.h"

namespace afferent::drivers::lorawan {

// An uplink that was taken and is being decoded.
struct Taken {
  std::optional<core::Micros> measured;
  core::Quality quality = core::Quality::good;
  std::optional<Radio> radio;
  core::Bytes payload;
};

class Device {
 public:
  Device(core::DeviceRef ref, Settings settings);
  core::DeviceRef ref() const { return ref_; }

  const Settings& settings() const { return settings_; }
  std::span<const core::ChannelSpec> channels() const { return channels_; }
  bool decodes(std::uint8_t fport) const;  // by its own codec

  // Everything of one uplink in one poll; `data` may be null.
  void emit(const Taken& taken, const Json* data, core::Sink& sink);
  // As far as it is known without its payload, which could not be decoded.
  void emit_failed(const Taken& taken, const std::string& why, core::Sink& sink);
  void fail(std::string why, core::ByteView payload, core::Sink& sink);  // says it with the device's id
  void emit_battery(double percent, core::Sink& sink);
  std::string_view unreachable() const;  // why no downlink can be sent to it yet; empty: one can

  FrameCounter counter;
  Topic topic;          // of its last message: where its downlinks go
  std::string failing;  // why its payloads cannot be decoded at present; empty: they can

 private:
  std::size_t emit_fields(const Taken& taken, const Json& data, std::vector<std::string>& faults, core::Sink& sink);
  void emit_leaves(const Taken& taken, const Json& data, core::Sink& sink);
  void emit_radio(const Taken& taken, core::Sink& sink);
  void still_failing(core::Sink& sink);
  core::Channel declared(const core::ChannelSpec& spec, core::Sink& sink);
  void put(core::Channel channel, const Read& read, const Taken& taken, core::Sink& sink) const;

  const core::DeviceRef ref_;
  const Settings settings_;
  std::vector<core::ChannelSpec> channels_;  // those of the map, then rssi and snr
  std::vector<core::Channel> numbers_;       // of the channel of each field
  struct Declared {
    core::Channel channel{};
    core::Quantity quantity = core::Quantity::none;
  };
  std::map<std::string, Declared, std::less<>> declared_;
};

}  // namespace afferent::drivers::lorawan
