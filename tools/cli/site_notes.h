// What may be right in a configuration, but a person should know before it runs. Looks at folders, reads no device.
#pragma once

#include <string>
#include <vector>

#include "agent/assembly/drivers.h"
#include "agent/config/config.h"

namespace afferent::cli {

// A store whose folder is not there (the agent may run on another machine), and rules that take the time between two
// polls for silence (a device may be polled faster while an alert stands).
std::vector<std::string> site_notes(const config::Config& config, const std::vector<assembly::PlacedDriver>& placed);

}  // namespace afferent::cli
