// A LoRaWAN device behind a ChirpStack v4 server, for the simulator: what the server publishes about it. Loop-bound.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/driver.h"
#include "agent/core/json.h"
#include "agent/core/result.h"
#include "drivers/common/simulated.h"
#include "drivers/lorawan/options.h"

namespace afferent::drivers::lorawan {

class SimulatedSensor final : public SimulatedDevice {
 public:
  explicit SimulatedSensor(Settings settings);

  // A device that only publishes: nothing.
  core::Bytes answer(core::ByteView request, const Truth& now, Truth& served) override;
  // The event `up` as JSON, to be published under name(). `data` is in the form that the device's codec reads (see
  // simulated_payload.h); without a codec the server decodes, and `object` holds the values by their paths in the map.
  // The frame counter is the number of the push; each life of the device is a session with an address of its own.
  core::Bytes push(const Occasion& occasion, const Truth& now, Truth& served) override;
  std::span<const core::ChannelSpec> channels() const override { return channels_; }
  std::string name() const override;  // topic

 private:
  struct Uplink {
    std::uint8_t fport = 1;
    core::Bytes payload;
    std::string object;  // JSON; empty: none
  };
  Uplink uplink(const Truth& now, Truth& served) const;
  void write_radio(const Occasion& occasion, const Truth& now, Truth& served, core::JsonWriter& json) const;

  Settings settings_;
  std::vector<core::ChannelSpec> channels_;
  std::optional<std::uint64_t> session_;
};

// From the options of the driver; `dev_eui` and a map must be there. Error{bad_config} otherwise.
core::Result<std::unique_ptr<SimulatedDevice>> simulate(const core::DriverDevice& device);

}  // namespace afferent::drivers::lorawan
