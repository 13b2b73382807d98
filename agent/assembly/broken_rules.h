// What is wrong with a rule beside the mistakes that were told already. Single-threaded; reads no device.
#pragma once

#include "agent/assembly/drivers.h"
#include "agent/config/config.h"
#include "agent/config/problem.h"
#include "agent/core/clock.h"
#include "agent/core/random.h"
#include "agent/core/zone.h"

namespace afferent::assembly {

// Each rule that is `broken` is made without the options that `told` speaks of, beside the rules that are right; what
// the engine then says against one of its keys is a mistake of its own. What it says of the rule as a whole may only
// follow from what was left out, and is not repeated.
config::Problems further_mistakes(const config::Config& config, const config::Problems& told, const Drivers& drivers,
                                  core::Random& random, const core::Zone& zone, const core::Stamp& now);

}  // namespace afferent::assembly
