#include "agent/config/fields.h"

#include <array>

#include "agent/config/field_limits.h"

namespace afferent::config {
namespace {

using core::ConfigField;
using enum core::FieldType;

constexpr std::array kPlace{
    ConfigField{.key = "latitude",
                .type = real,
                .minimum = -90,
                .maximum = 90,
                .help = "In degrees, WGS 84; together with longitude."},
    ConfigField{.key = "longitude",
                .type = real,
                .minimum = -180,
                .maximum = 180,
                .help = "In degrees, WGS 84; together with latitude."},
    ConfigField{.key = "address", .maximum = kLongestText, .help = "For people."},
    ConfigField{
        .key = "grid",
        .type = list,
        .minimum = kSmallest,
        .maximum = 64,
        .help =
            "Grid path, widest first, as a list or as \"310104/013/07\"; its first level is the component's division."},
};

constexpr std::array kCalibration{
    ConfigField{
        .key = "channel", .required = true, .minimum = kSmallest, .maximum = 64, .help = "Channel that is corrected."},
    ConfigField{.key = "scale", .type = real, .standard = "1.0", .help = "The value is multiplied by this (not 0) ..."},
    ConfigField{
        .key = "offset", .type = real, .standard = "0.0", .help = "... and this is added, in the channel's unit."},
};

constexpr std::array kDevice{
    ConfigField{.key = "id",
                .required = true,
                .minimum = kSmallest,
                .maximum = 64,
                .help = "Name of the device: a-z, 0-9, _, . and -, unique."},
    ConfigField{.key = "driver", .required = true, .help = "Driver that speaks with it; see below."},
    ConfigField{.key = "port", .required = true, .help = "Id of the port that it is connected to."},
    ConfigField{.key = "domain",
                .required = true,
                .minimum = kSmallest,
                .maximum = 32,
                .help = "What it serves: water, flood, manhole, gas, heat, node or another word of a-z; second level "
                        "of its topics."},
    ConfigField{.key = "name", .maximum = kLongestText, .help = "For people; by default the id."},
    ConfigField{.key = "place", .type = table, .help = "Where it is.", .items = kPlace},
    ConfigField{.key = "component",
                .minimum = 16,
                .maximum = 16,
                .help = "GB/T 30428.2 component code: 16 digits, the first six being the division."},
    ConfigField{.key = "installed", .help = "Date of installation, YYYY-MM-DD."},
    ConfigField{.key = "calibration",
                .type = tables,
                .help = "Corrections; also as a table: calibration.level = { scale = 1.0, offset = 0.02 }.",
                .items = kCalibration},
    ConfigField{
        .key = "profile",
        .minimum = kSmallest,
        .maximum = kLongestPath,
        .help = "Name of a profile of its driver, or a path that ends in .toml; where the driver has profiles."},
    ConfigField{.key = "poll",
                .type = duration,
                .standard = "10 s",
                .minimum = 0,
                .maximum = 31 * kDay,
                .help = "Time from one poll to the next; 0: as fast as the line allows."},
    ConfigField{.key = "reply_timeout",
                .type = duration,
                .minimum = 0.001,
                .maximum = 60,
                .help = "Longest wait for an answer; by default the driver's."},
    ConfigField{.key = "retries",
                .type = integer,
                .minimum = 0,
                .maximum = 10,
                .help = "Repeats of a request that was not answered; by default the driver's."},
    ConfigField{.key = "silence",
                .type = duration,
                .standard = "0 s",
                .minimum = 0,
                .maximum = 10,
                .help = "Quiet time before each request; 0: the port's."},
    ConfigField{.key = "baud",
                .type = integer,
                .minimum = 50,
                .maximum = 4'000'000,
                .help = "Its own rate on a shared serial line, in bit/s."},
    ConfigField{.key = "framing",
                .minimum = 2,
                .maximum = 16,
                .help = "Its own framing on a shared serial line, e.g. \"8E1\". A driver's own values of an option of "
                        "this name are accepted too."},
    ConfigField{.key = "data_bits", .type = integer, .minimum = 5, .maximum = 8, .help = "Instead of framing."},
    ConfigField{.key = "parity", .allowed = "none|even|odd", .help = "Instead of framing."},
    ConfigField{.key = "stop_bits", .type = integer, .minimum = 1, .maximum = 2, .help = "Instead of framing."},
};

}  // namespace

Fields device_fields() { return kDevice; }

}  // namespace afferent::config
