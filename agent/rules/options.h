// Configuration keys that several kinds share, so that they read the same everywhere. Static data.
#pragma once

#include "agent/core/config_tree.h"

namespace afferent::rules {

inline constexpr double kLongest = 366.0 * 86'400.0;  // s; longer durations are mistakes

inline constexpr core::ConfigField kHold{
    .key = "hold",
    .type = core::FieldType::duration,
    .standard = "0 s",
    .minimum = 0,
    .maximum = kLongest,
    .help = "how long the condition must last, in every good reading, before it is an alert"};
inline constexpr core::ConfigField kClearHold{
    .key = "clear_hold",
    .type = core::FieldType::duration,
    .standard = "0 s",
    .minimum = 0,
    .maximum = kLongest,
    .help = "how long the condition must be over before the alert steps down or is cleared"};
inline constexpr core::ConfigField kHysteresis{
    .key = "hysteresis",
    .type = core::FieldType::real,
    .standard = "0",
    .minimum = 0,
    .help = "how far a value must come back behind a limit before that step is left, in the channel's unit"};
inline constexpr core::ConfigField kUpdate{
    .key = "update",
    .type = core::FieldType::duration,
    .standard = "10 min",
    .minimum = 0,
    .maximum = kLongest,
    .help = "an alert that gets worse by over 1 % within its severity is published again at most this often; 0: never"};

inline constexpr core::Nanos kUpdateStandard = core::Seconds(600);

}  // namespace afferent::rules
