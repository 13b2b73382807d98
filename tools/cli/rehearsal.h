// What only drivers and rules can tell of a configuration: they are created as the agent would, without a port. Reads
// no device.
#pragma once

#include <string>
#include <vector>

#include "agent/config/config.h"
#include "agent/config/problem.h"

namespace afferent::cli {

struct Rehearsed {
  config::Problems problems;
  std::vector<std::string> notes;  // what may be right, but a person should know: rules that wait for a channel
};

// `config` is without mistakes as far as its text goes.
Rehearsed rehearse(const config::Config& config);

}  // namespace afferent::cli
