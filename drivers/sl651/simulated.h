// A station for the simulator: reports its channels and answers questions. Loop-bound.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "agent/core/driver.h"
#include "agent/core/result.h"
#include "drivers/common/simulated.h"
#include "drivers/sl651/options.h"

namespace afferent::drivers::sl651 {

class SimulatedStation final : public SimulatedDevice {
 public:
  explicit SimulatedStation(Settings settings);

  // To 37 the present values, to 46 the alarms; a confirmation and what is for another station: nothing. The times are
  // those of the question.
  core::Bytes answer(core::ByteView request, const Truth& now, Truth& served) override;

  // A timed report (32) with the next serial number.
  core::Bytes push(const Occasion& occasion, const Truth& now, Truth& served) override;

  std::span<const core::ChannelSpec> channels() const override { return channels_; }

 private:
  core::Bytes framed(std::uint8_t function, const std::string& time, const Truth& now, Truth& served);

  const Settings settings_;
  std::vector<core::ChannelSpec> channels_;  // fixed: all elements and flags
  std::uint16_t serial_ = 0;
};

// From the options of the driver; `station` must be there. Error{bad_config} otherwise.
core::Result<std::unique_ptr<SimulatedDevice>> simulate(const core::DriverDevice& device);

}  // namespace afferent::drivers::sl651
