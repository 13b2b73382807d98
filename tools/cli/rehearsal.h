// What only drivers and rules can tell of a configuration: they are created as the agent would, without a port. Reads
// no device.
#pragma once

#include "agent/config/config.h"
#include "agent/config/problem.h"

namespace afferent::cli {

// `config` is without mistakes as far as its text goes.
config::Problems rehearse(const config::Config& config);

}  // namespace afferent::cli
