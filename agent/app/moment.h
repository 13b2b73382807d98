// When something shall begin or end, as people say it. Pure functions.
#pragma once

#include <string_view>

#include "agent/core/result.h"
#include "agent/core/zone.h"

namespace afferent::app {

// "2 h" (from `now`), "14:30" (the next), "2026-07-01 14:30" or "2026-07-01" (its beginning, or its end with
// `end_of_day`), in local time. The boot time of it. Error{bad_input} says what is allowed; Error{retry} for all but a
// duration while the clock is not right.
core::Result<core::Nanos> moment_named(std::string_view text, bool end_of_day, const core::Zone& zone,
                                       const core::Stamp& now);

}  // namespace afferent::app
