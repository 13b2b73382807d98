#include "agent/config/fields.h"

#include <array>

#include "agent/config/field_limits.h"

namespace afferent::config {
namespace {

using core::ConfigField;
using enum core::FieldType;

constexpr std::array kRule{
    ConfigField{.key = "id",
                .required = true,
                .minimum = kSmallest,
                .maximum = 64,
                .help = "Name of the rule: a-z, 0-9, _, . and -, unique."},
    ConfigField{.key = "preset",
                .minimum = kSmallest,
                .maximum = kLongestPath,
                .help =
                    "Ready-made rules, instead of kind: each key of theirs can be given here and then counts instead, "
                    "for a preset of several rules in each rule that has it, or in a table named after one of them. "
                    "Several rules get the ids <id>-<name>. A file presets/<preset>.toml, or the path of one."},
    ConfigField{.key = "kind", .required = true, .help = "What it judges; see below. Comes with a preset."},
    ConfigField{.key = "device",
                .minimum = kSmallest,
                .maximum = 64,
                .help = "The device that it watches. One of device, devices and domain is needed."},
    ConfigField{.key = "devices",
                .type = list,
                .minimum = kSmallest,
                .maximum = 64,
                .help = "Several devices; each is judged on its own."},
    ConfigField{.key = "domain",
                .minimum = kSmallest,
                .maximum = 32,
                .help = "Alone: watches all devices of this domain. Beside device or devices: the domain of its alerts "
                        "instead of the device's."},
    ConfigField{.key = "channel",
                .minimum = kSmallest,
                .maximum = 64,
                .help = "Channel that it watches; only a kind that can watch a whole device does without."},
    ConfigField{.key = "severity",
                .allowed = "blue|yellow|orange|red",
                .help = "Severity of its alerts, where the kind has no steps; by default yellow with most kinds."},
    ConfigField{.key = "sentence", .minimum = kSmallest, .maximum = 500, .help = "Own wording of its alerts."},
    ConfigField{.key = "flapping",
                .type = integer,
                .standard = "5",
                .minimum = 0,
                .maximum = 20,
                .help = "An alert that is raised so often within flapping_within is told once more and then held until "
                        "nothing was wrong for flapping_calm; 0: never."},
    ConfigField{.key = "flapping_within",
                .type = duration,
                .standard = "10 min",
                .minimum = 1,
                .maximum = kDay,
                .help = "See flapping."},
    ConfigField{.key = "flapping_calm",
                .type = duration,
                .standard = "10 min",
                .minimum = 1,
                .maximum = kDay,
                .help = "See flapping."},
};

}  // namespace

Fields rule_fields() { return kRule; }

}  // namespace afferent::config
