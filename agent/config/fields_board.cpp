#include "agent/config/fields.h"

#include <array>

#include "agent/config/field_limits.h"

namespace afferent::config {
namespace {

using core::ConfigField;
using enum core::FieldType;

constexpr std::array kBoardWatchdog{
    ConfigField{.key = "device", .required = true, .help = "Device file."},
    ConfigField{.key = "timeout_max",
                .type = duration,
                .required = true,
                .minimum = 1,
                .maximum = 3600,
                .help = "Longest time that the hardware can be set to."},
};

constexpr std::array kBoardPort{
    ConfigField{
        .key = "alias", .required = true, .minimum = kSmallest, .maximum = 64, .help = "Name for [[port]] alias."},
    ConfigField{.key = "path", .required = true, .minimum = kSmallest, .maximum = kLongestPath, .help = "Device file."},
    ConfigField{
        .key = "rs485", .type = boolean, .standard = "false", .help = "The kernel has to switch the transceiver."},
    ConfigField{.key = "pins", .help = "Where the line comes out."},
    ConfigField{.key = "help", .help = "What must be done first."},
};

constexpr std::array kBoardGpio{
    ConfigField{.key = "alias", .required = true, .minimum = kSmallest, .maximum = 64, .help = "Name of the line."},
    ConfigField{.key = "chip", .required = true, .help = "Device file of the GPIO chip."},
    ConfigField{.key = "line",
                .type = integer,
                .required = true,
                .minimum = 0,
                .maximum = 1023,
                .help = "Line number in the chip."},
    ConfigField{.key = "pins", .help = "Where the line comes out."},
};

constexpr std::array kBoard{
    ConfigField{.key = "name", .required = true, .help = "For people."},
    ConfigField{.key = "watchdog", .type = table, .help = "Hardware watchdog.", .items = kBoardWatchdog},
    ConfigField{.key = "port", .type = tables, .help = "Serial lines.", .items = kBoardPort},
    ConfigField{.key = "gpio", .type = tables, .help = "Free digital lines.", .items = kBoardGpio},
};

}  // namespace

Fields board_fields() { return kBoard; }

}  // namespace afferent::config
