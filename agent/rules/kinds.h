// The rule kinds there are, each in the file of its name. Static data.
#pragma once

#include "agent/rules/kind.h"

namespace afferent::rules {

extern const Kind kThreshold;
extern const Kind kRate;
extern const Kind kSilent;
extern const Kind kRange;

}  // namespace afferent::rules
