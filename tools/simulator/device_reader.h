// [[device]] of a scenario: what it is, and how its channels change. Private to this folder; one thread.
#pragma once

#include "tools/simulator/reading.h"

namespace afferent::simulator {

void read_device(Reading& reading, const core::ConfigNode& written);

}  // namespace afferent::simulator
