// The drivers that have a simulator's side. A new one is a line in models.cpp. Static data, thread-safe.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "agent/core/driver.h"
#include "agent/core/result.h"
#include "drivers/common/simulated.h"

namespace afferent::simulator {

struct Model {
  std::string_view driver;
  core::Result<std::unique_ptr<drivers::SimulatedDevice>> (*create)(const core::DriverDevice&) = nullptr;
  // Where faults have to strike so that an answer is spoilt for certain.
  std::size_t checksum_from_end = 1;  // position of a byte of the checksum, the last byte being 1
  int lead = -1;                      // bytes of this value in front belong to no frame; -1: there are none
};

std::span<const Model> models();
const Model* find_model(std::string_view driver);  // nullptr where there is none

}  // namespace afferent::simulator
