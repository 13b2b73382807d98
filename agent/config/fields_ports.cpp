#include "agent/config/fields.h"

#include <array>

#include "agent/config/field_limits.h"

namespace afferent::config {
namespace {

using core::ConfigField;
using enum core::FieldType;

constexpr std::array kPort{
    ConfigField{.key = "id",
                .required = true,
                .minimum = kSmallest,
                .maximum = 64,
                .help = "Name of the port: a-z, 0-9, _, . and -, unique."},
    ConfigField{.key = "kind",
                .required = true,
                .allowed = "serial|tcp|tcp-listen|gpio|iio|mqtt",
                .help =
                    "What the port is: a serial line; a TCP connection to a serial server or a device; a TCP port that "
                    "stations call; the lines of a GPIO chip; a sensor or ADC of the kernel's Industrial I/O; the "
                    "messages of an MQTT broker such as a LoRaWAN server's."},
    ConfigField{.key = "path",
                .minimum = kSmallest,
                .maximum = kLongestPath,
                .help =
                    "Serial: device file, or a name from /dev/serial/by-id. GPIO: device file or label of the chip, "
                    "e.g. \"gpiochip0\" or \"pinctrl-bcm2711\". IIO: name of the device, e.g. \"mcp3422\", or its "
                    "folder. Either this or alias."},
    ConfigField{.key = "alias",
                .minimum = kSmallest,
                .maximum = 64,
                .help =
                    "Serial: name of a line on the board, e.g. \"rs485-1\"; see boards/. GPIO: the chip of the board's "
                    "line of this name."},
    ConfigField{.key = "baud",
                .type = integer,
                .minimum = 50,
                .maximum = 4'000'000,
                .help = "Serial: rate in bit/s; by default each device's driver decides."},
    ConfigField{
        .key = "framing",
        .minimum = 3,
        .maximum = 3,
        .help =
            "Serial: data bits, parity and stop bits in short, e.g. \"8E1\"; by default each device's driver decides."},
    ConfigField{.key = "data_bits", .type = integer, .minimum = 5, .maximum = 8, .help = "Serial: instead of framing."},
    ConfigField{.key = "parity", .allowed = "none|even|odd", .help = "Serial: instead of framing."},
    ConfigField{.key = "stop_bits", .type = integer, .minimum = 1, .maximum = 2, .help = "Serial: instead of framing."},
    ConfigField{
        .key = "rs485",
        .type = boolean,
        .help = "Serial: ask the kernel to switch the transceiver; by default as the board's alias says, else false."},
    ConfigField{.key = "host",
                .minimum = kSmallest,
                .maximum = 253,
                .help = "TCP: name or address of the serial server or device; required. TCP-listen: own address to "
                        "listen on, by default 127.0.0.1; 0.0.0.0 or :: for all. MQTT: name or address of the broker, "
                        "by default 127.0.0.1."},
    ConfigField{.key = "tcp_port",
                .type = integer,
                .minimum = 1,
                .maximum = 65535,
                .help = "TCP and TCP-listen: port number; required, but 502 is the default with modbus_tcp. MQTT: by "
                        "default 1883."},
    ConfigField{.key = "modbus_tcp",
                .type = boolean,
                .help = "TCP: true for Modbus TCP (MBAP header); false, the default, for a serial protocol over TCP."},
    ConfigField{.key = "connections",
                .type = integer,
                .minimum = 1,
                .maximum = 4096,
                .help =
                    "TCP-listen: how many may be open at a time, by default 64; who calls beyond gets the place of the "
                    "one that is silent for longest, if for over a minute, else is sent away."},
    ConfigField{.key = "idle",
                .type = duration,
                .minimum = 0,
                .maximum = 31 * kDay,
                .help = "TCP-listen: a connection on which nothing came for so long is closed; 0, the default: never."},
    ConfigField{
        .key = "username", .minimum = kSmallest, .maximum = kLongestText, .help = "MQTT: user name; by default none."},
    ConfigField{.key = "password_file",
                .minimum = kSmallest,
                .maximum = kLongestPath,
                .help = "MQTT: file whose first line is the password; others must not be able to read it (mode 0600 or "
                        "0640)."},
    ConfigField{.key = "silence",
                .type = duration,
                .standard = "0 s",
                .minimum = 0,
                .maximum = 10,
                .help = "Serial and TCP: quiet time before each request; 0: computed from the rate."},
};

}  // namespace

Fields port_fields() { return kPort; }

}  // namespace afferent::config
