// The drivers that have a simulator's side. A new one is a line in models.cpp. Static data, thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "agent/core/driver.h"
#include "agent/core/result.h"
#include "drivers/common/simulated.h"

namespace afferent::simulator {

// What a line carries. Values are bits, so that a table can name several.
enum class Wire : std::uint8_t {
  bytes = 1,       // a request ends with a pause
  modbus_tcp = 2,  // ... or as its header says
  mqtt = 4,        // messages with topics
  gpio = 8,        // events of a chip
  iio = 16,        // files of a device folder
};
std::string_view name_of(Wire wire);  // for people: "a line of kind = ..."

enum class Speaks : std::uint8_t { when_asked, also_unasked, only_unasked };

struct Model {
  std::string_view driver;
  core::Result<std::unique_ptr<drivers::SimulatedDevice>> (*create)(const core::DriverDevice&) = nullptr;
  Wire wire = Wire::bytes;  // bytes: where the driver is modbus, Modbus TCP as well
  Speaks speaks = Speaks::when_asked;
  // Where faults have to strike so that an answer is spoilt for certain.
  std::size_t checksum_from_end = 1;  // position of a byte of the checksum, the last byte being 1
  int lead = -1;                      // bytes of this value in front belong to no frame; -1: there are none
};

std::span<const Model> models();
const Model* find_model(std::string_view driver);  // nullptr where there is none

}  // namespace afferent::simulator
