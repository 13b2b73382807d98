// What only drivers and rules can tell of a configuration: they are created as the agent would, without a port. Reads
// no device.
#pragma once

#include <string>
#include <vector>

#include "agent/config/load.h"

namespace afferent::cli {

struct Rehearsed {
  config::Problems problems;       // those of `loaded` first
  std::vector<std::string> notes;  // what may be right, but a person should know: rules that wait for a channel
};

// Goes on with what is free of mistakes in `loaded`.
Rehearsed rehearse(config::Loaded loaded);

}  // namespace afferent::cli
