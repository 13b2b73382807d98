// A device of the street: its signals and the protocol in which it shows them. Loop-bound.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "agent/core/bytes.h"
#include "agent/core/result.h"
#include "tools/simulator/models.h"
#include "tools/simulator/scenario.h"
#include "tools/simulator/signal.h"

namespace afferent::simulator {

struct Answer {
  core::Bytes bytes;      // empty: the request was not for this device
  drivers::Truth served;  // what the bytes say
};

class VirtualDevice {
 public:
  static core::Result<std::unique_ptr<VirtualDevice>> create(const DevicePlan& plan, std::uint64_t seed);

  // `seconds` of scenario time; never decrease.
  Answer answer(core::ByteView request, double seconds);
  // What it says by itself; empty when that is nothing.
  core::Bytes greeting() { return device_->greeting(); }
  Answer push(const drivers::Occasion& occasion, double seconds);
  // The number of its next push; goes on when its line comes back.
  std::uint64_t next_push() { return pushes_++; }
  std::string name() const { return device_->name(); }

  const std::string& id() const { return id_; }
  const Model& model() const { return model_; }
  core::Nanos latency() const { return latency_; }
  core::Nanos push_every() const { return push_every_; }

 private:
  drivers::Truth truth(double seconds) const;
  VirtualDevice(const DevicePlan& plan, const Model& model, std::unique_ptr<drivers::SimulatedDevice> device,
                std::uint64_t seed);

  const std::string id_;
  const Model& model_;
  const core::Nanos latency_;
  const core::Nanos push_every_;
  std::unique_ptr<drivers::SimulatedDevice> device_;
  std::uint64_t pushes_ = 0;
  std::vector<std::pair<std::string, std::unique_ptr<Signal>>> signals_;
};

}  // namespace afferent::simulator
