// Everything that is wrong with a configuration: what its text says, and what drivers and rules say of that part of it
// which is free of mistakes. Single-threaded; reads no device.
#pragma once

#include <memory>

#include "agent/assembly/drivers.h"
#include "agent/config/load.h"
#include "agent/core/clock.h"
#include "agent/core/random.h"
#include "agent/core/zone.h"
#include "agent/rules/engine.h"

namespace afferent::assembly {

struct Rehearsed {
  config::Config config;      // devices and rules in which something was found are `broken`
  config::Problems problems;  // those of the loading first
  Drivers drivers;
  std::unique_ptr<rules::Engine> engine;  // of what is right; it knows the channels. Null: nothing could be made
};

// `clock` and `random` outlive what comes of it. `now`: by it dates in files are judged, unless its clock is not right.
Rehearsed rehearse(config::Loaded loaded, const core::Clock& clock, core::Random& random, const core::Zone& zone,
                   const core::Stamp& now);

}  // namespace afferent::assembly
