// The rule kinds there are, each in the file of its name. Static data.
#pragma once

#include "agent/rules/kind.h"

namespace afferent::rules {

extern const Kind kThreshold;
extern const Kind kRate;
extern const Kind kSilent;
extern const Kind kRange;
extern const Kind kStuck;
extern const Kind kWindow;
extern const Kind kForecast;
extern const Kind kComposite;
extern const Kind kAgree;
extern const Kind kAnomaly;
extern const Kind kOnset;
extern const Kind kLeak;
extern const Kind kNoUse;
extern const Kind kContinuous;
extern const Kind kMeter;
extern const Kind kFlags;
extern const Kind kManhole;
extern const Kind kFlood;
extern const Kind kCustody;
extern const Kind kCylinders;

}  // namespace afferent::rules
