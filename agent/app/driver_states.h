// What drivers remember over a restart: pulse totals, signatures, frame counters. Loop-bound.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "agent/core/device.h"
#include "agent/core/driver.h"
#include "agent/core/envelope.h"

namespace afferent::app {

class DriverStates {
 public:
  // `every`: shortest time between two saves. Zero: with each poll; a total is then committed no later than the reading
  // that showed it. `driver` outlives this.
  void add(std::string key, core::Driver& driver, const std::vector<core::DeviceId>& devices, core::Nanos every);

  // Before the ports open. Keys of drivers that are gone are passed over; the errors name what could not be read.
  std::vector<core::Error> restore(const std::map<std::string, core::StateChange>& states);

  // The state of the device's driver, if it is due and not what it was.
  std::optional<core::StateChange> after_poll(core::DeviceId device, core::Nanos now);
  std::vector<core::StateChange> changed();  // of all drivers, due or not

 private:
  struct Entry {
    std::string key;
    core::Driver* driver = nullptr;
    core::Nanos every{};
    core::Nanos due = core::Nanos::min();
    core::Bytes saved;
  };
  static std::optional<core::StateChange> change_of(Entry& entry);

  std::vector<Entry> entries_;
  std::unordered_map<std::uint32_t, std::size_t> entry_of_;  // by DeviceId
};

}  // namespace afferent::app
