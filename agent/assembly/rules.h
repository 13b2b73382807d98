// The rules engine that a configuration asks for: what the agent runs and what `afferent check` tries.
// Single-threaded.
#pragma once

#include <memory>
#include <vector>

#include "agent/assembly/drivers.h"
#include "agent/config/config.h"
#include "agent/core/random.h"
#include "agent/core/result.h"
#include "agent/core/zone.h"
#include "agent/rules/engine.h"

namespace afferent::assembly {

rules::RuleSetup setup_of(const config::RuleConfig& rule);

// Error{bad_config} as of Engine::create. `random` outlives the engine. `now`: by it dates in files are judged, unless
// its clock is not right.
core::Result<std::unique_ptr<rules::Engine>> make_engine(const config::Config& config, core::Random& random,
                                                         core::Zone zone, const core::Stamp& now = {});

// Names the channels of all devices, as the lines would.
void tell_channels(const std::vector<PlacedDriver>& placed, rules::Engine& engine);

}  // namespace afferent::assembly
