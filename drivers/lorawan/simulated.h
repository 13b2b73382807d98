// A LoRaWAN device behind a ChirpStack server, for the simulator: what the server publishes about it. Loop-bound.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agent/core/driver.h"
#include "agent/core/result.h"
#include "drivers/common/simulated.h"
#include "drivers/lorawan/options.h"

namespace afferent::drivers::lorawan {

class SimulatedSensor final : public SimulatedDevice {
 public:
  explicit SimulatedSensor(Settings settings);

  // A device that only publishes: nothing.
  core::Bytes answer(core::ByteView request, const Truth& now, Truth& served) override;
  // The event `up` as JSON, to be published under topic(). `object` holds the true values by their paths in the map,
  // else by their channels.
  core::Bytes push(const Occasion& occasion, const Truth& now, Truth& served) override;
  std::span<const core::ChannelSpec> channels() const override { return channels_; }

  std::string topic() const;

 private:
  const Settings settings_;
  std::vector<core::ChannelSpec> channels_;
};

// From the options of the driver; `dev_eui` must be there. Error{bad_config} otherwise.
core::Result<std::unique_ptr<SimulatedDevice>> simulate(const core::DriverDevice& device);

}  // namespace afferent::drivers::lorawan
