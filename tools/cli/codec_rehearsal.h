// Whether the codecs that a configuration names can be run: the drivers ask for them as they do when their port opens,
// and the helper process is asked, as in the agent. Reads no device.
#pragma once

#include <vector>

#include "agent/assembly/drivers.h"
#include "agent/config/config.h"
#include "agent/config/problem.h"

namespace afferent::cli {

// A problem for each device whose codec is refused, at its option. Where the helper process does not start, one that
// says so.
config::Problems rehearse_codecs(const config::Config& config, std::vector<assembly::PlacedDriver>& placed);

}  // namespace afferent::cli
