// LoRaWAN devices behind a network server that publishes over MQTT. Loop-bound; finds a device in constant time.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "agent/core/codec_call.h"
#include "agent/core/driver.h"
#include "drivers/lorawan/device.h"
#include "drivers/lorawan/downlink.h"
#include "drivers/lorawan/event.h"

namespace afferent::drivers::lorawan {

class Network final : public core::Driver {
 public:
  explicit Network(std::vector<Settings> settings);

  std::span<const core::ChannelSpec> channels(core::DeviceRef device) const override;
  void on(const core::WireEvent& event, core::Sink& sink) override;
  std::vector<core::PortWish> wishes() const override;
  void command(const core::DeviceCommand& command, core::Sink& sink) override;
  core::Bytes save() const override;  // frame counters, sessions, where downlinks go
  core::Result<void> restore(core::ByteView saved) override;

 private:
  struct Waiting {  // for the codec
    std::size_t device = 0;
    Taken taken;                       // decode
    std::optional<DownlinkWish> wish;  // encode
    std::string script;                // load
  };

  void message(const core::WireEvent& event, core::Sink& sink);
  void uplink(const Topic& topic, const Json& json, const core::WireEvent& event, core::Sink& sink);
  void other(const Topic& topic, const Json& json, core::Sink& sink);
  void status(Device& device, const Json& json, core::Sink& sink);
  void decode(std::size_t number, const Uplink& uplink, Taken taken, const core::WireEvent& event, core::Sink& sink);
  void answered(core::ByteView bytes, core::Sink& sink);
  void decoded(Waiting& waiting, const core::CodecAnswer& answer, core::Sink& sink);
  void encode_answered(std::uint32_t call, Waiting& waiting, const core::CodecAnswer& answer, core::Sink& sink);
  void opened(core::Sink& sink);
  void load_next(core::Sink& sink);
  void loaded(const std::string& script, const core::CodecAnswer& answer, core::Sink& sink);
  void woken(core::Sink& sink);
  // The number of the call; nothing: too many wait.
  std::optional<std::uint32_t> ask_codec(core::CodecCall call, Waiting waiting, core::Sink& sink);
  std::optional<std::size_t> find(const std::string& dev_eui) const;
  void unknown(const std::string& dev_eui, const Json& json, core::Sink& sink);

  std::vector<Device> devices_;  // by DeviceRef
  std::unordered_map<std::string, std::size_t> by_eui_;
  std::unordered_set<std::string> heard_;
  std::map<std::uint32_t, Waiting> waiting_;
  std::uint32_t last_call_ = 0;
  std::vector<std::string> unloaded_;     // scripts that are yet to be tried, one after the other
  std::optional<std::uint32_t> command_;  // the call of the codec for which the command in progress waits
  core::Nanos now_{};                     // boot time of the event that is handled
  core::Nanos command_until_{};
};

}  // namespace afferent::drivers::lorawan
