// The keys of a [[device]] table: the common ones together with its driver's, and its profile. Private to this folder.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "agent/config/loading.h"
#include "agent/core/driver.h"

namespace afferent::config {

// A driver may have an option `framing` of its own (how its frames are packed) beside the framing of the serial line: a
// value like "8E1" is the line's, any other the driver's.
class DeviceOptions {
 public:
  explicit DeviceOptions(Loading& loading) : loading_(loading) {}

  // Problems of all keys; for an unknown driver only the common keys are checked.
  core::ConfigNode check(const core::ConfigNode& written, const core::DriverSpec* driver);

  // Without `framing` where that is the driver's own.
  core::ConfigNode without_own_framing(const core::ConfigNode& table, const core::DriverSpec* driver) const;

  // Fills options and profile of `device` from the checked table. `port` is null when it is not known.
  void read(const core::ConfigNode& table, const PortConfig* port, DeviceConfig& device);

 private:
  void read_framing(const core::ConfigNode& table, const PortConfig* port, const core::DriverSpec& driver,
                    core::ConfigNode::Table& options);
  void read_profile(const core::ConfigNode& table, DeviceConfig& device);

  Loading& loading_;
  struct Known {
    core::ConfigNode node;
    Problems problems;
  };
  std::map<std::string, Known> profiles_;  // each file is read, and complained about, once
};

}  // namespace afferent::config
