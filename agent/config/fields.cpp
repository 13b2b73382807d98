#include "agent/config/fields.h"

#include <array>

namespace afferent::config {
namespace {

using core::ConfigField;
using enum core::FieldType;

constexpr double kDay = 86400;
constexpr double kSmallest = 1;
constexpr double kLongestText = 200;
constexpr double kLongestPath = 4096;

constexpr std::array kNode{
    ConfigField{.key = "id",
                .required = true,
                .minimum = kSmallest,
                .maximum = 64,
                .help = "Name of the gateway in every topic, and its MQTT user: a-z, 0-9, _ and -, beginning with a "
                        "letter or digit."},
    ConfigField{.key = "area",
                .type = list,
                .minimum = kSmallest,
                .maximum = 64,
                .help = "Grid path of the gateway, widest first (division, street, grid), as a list or as "
                        "\"310104/013/07\"; ends every topic."},
    ConfigField{.key = "timezone",
                .standard = "UTC",
                .minimum = kSmallest,
                .maximum = 64,
                .help = "IANA name of the time zone that calendar rules and texts use, e.g. \"Asia/Shanghai\"."},
    ConfigField{.key = "board",
                .standard = "pc",
                .minimum = kSmallest,
                .maximum = 64,
                .help = "Folder of boards/ whose port aliases are used."},
    ConfigField{
        .key = "language", .standard = "en", .allowed = "en|zh", .help = "Language of the sentences in alerts."},
    ConfigField{.key = "cameras",
                .type = contents,
                .help =
                    "CSV file of cameras with the columns id, latitude, longitude (degrees, WGS 84): an alert names "
                    "those within 300 m of its device's place."},
    ConfigField{.key = "control_socket",
                .standard = "/run/afferent/control.sock",
                .minimum = 0,
                .maximum = 107,
                .help = "Path of the local control socket; \"\" for none."},
    ConfigField{.key = "replay",
                .type = boolean,
                .standard = "false",
                .help =
                    "Let `afferent replay` feed recorded readings in as if devices had said them; without it nothing "
                    "is let in."},
    ConfigField{.key = "plugins",
                .type = list,
                .minimum = kSmallest,
                .maximum = kLongestPath,
                .help =
                    "Files of drivers that were built outside of the agent; they must belong to root, and nobody else "
                    "may be able to change them."},
};

constexpr std::array kMqtt{
    ConfigField{.key = "host",
                .standard = "127.0.0.1",
                .minimum = kSmallest,
                .maximum = 253,
                .help = "Name or address of the broker."},
    ConfigField{.key = "port",
                .type = integer,
                .minimum = 1,
                .maximum = 65535,
                .help = "TCP port of the broker; by default 1883, or 8883 with tls."},
    ConfigField{.key = "version",
                .standard = "auto",
                .allowed = "auto|5|3.1.1",
                .help = "MQTT version; auto tries 5 and falls back to 3.1.1, where refused messages cannot be seen."},
    ConfigField{.key = "client_id",
                .minimum = kSmallest,
                .maximum = 128,
                .help = "MQTT client identifier; by default the node's id."},
    ConfigField{.key = "username",
                .minimum = kSmallest,
                .maximum = kLongestText,
                .help = "User name; by default the node's id when there is a password_file."},
    ConfigField{
        .key = "password_file",
        .minimum = kSmallest,
        .maximum = kLongestPath,
        .help = "File whose first line is the password; others must not be able to read it (mode 0600 or 0640)."},
    ConfigField{.key = "tls",
                .type = boolean,
                .standard = "false",
                .help = "Encrypt the connection and check the broker's certificate."},
    ConfigField{.key = "ca_file",
                .minimum = kSmallest,
                .maximum = kLongestPath,
                .help = "PEM file of the authorities to trust; by default the system's."},
    ConfigField{.key = "certificate_file",
                .minimum = kSmallest,
                .maximum = kLongestPath,
                .help = "PEM file of the gateway's own certificate, together with key_file."},
    ConfigField{.key = "key_file",
                .minimum = kSmallest,
                .maximum = kLongestPath,
                .help = "PEM file of the private key to certificate_file."},
    ConfigField{.key = "keep_alive",
                .type = duration,
                .standard = "30 s",
                .minimum = 1,
                .maximum = 65535,
                .help = "Longest silence on the connection before a ping; whole seconds."},
    ConfigField{.key = "backoff_max",
                .type = duration,
                .standard = "15 s",
                .minimum = 1,
                .maximum = 3600,
                .help = "Longest wait between two attempts to connect; whole seconds."},
    ConfigField{.key = "window",
                .type = integer,
                .standard = "100",
                .minimum = 1,
                .maximum = 65535,
                .help = "Messages that may wait for their acknowledgement at a time."},
    ConfigField{.key = "max_message",
                .standard = "64 kB",
                .help = "Largest message to publish, \"1 kB\" to \"256 MB\" or a number of bytes; a larger one is set "
                        "aside with a gap notice."},
};

constexpr std::array kStore{
    ConfigField{.key = "path",
                .standard = "/var/lib/afferent/store.db",
                .minimum = kSmallest,
                .maximum = kLongestPath,
                .help = "The database file; its folder must exist and be writable."},
    ConfigField{.key = "quota",
                .standard = "256 MB",
                .help = "What the outbox may hold, \"64 kB\" to \"1024 GB\" or a number of bytes; beyond it the oldest "
                        "telemetry is dropped and accounted for."},
    ConfigField{.key = "reserve",
                .help = "Part of the quota that telemetry may not use, kept for alerts; by default \"8 MB\", or an "
                        "eighth of a quota under 64 MB."},
    ConfigField{.key = "flush",
                .type = duration,
                .standard = "0 s",
                .minimum = 0,
                .maximum = 600,
                .help = "How long telemetry may wait for its commit; 0: not at all. A power cut loses at most this "
                        "much, and never an alert."},
};

constexpr std::array kTelemetry{
    ConfigField{.key = "batch",
                .type = duration,
                .standard = "5 s",
                .minimum = 0,
                .maximum = 3600,
                .help = "Time span of readings that share a message; 0: each poll is a message of its own."},
};

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
                .help = "TCP-listen: how many may be open at a time, by default 64; who calls beyond is sent away."},
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
                .help = "Severity of its alerts, where the kind has no steps."},
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

constexpr std::array kSections{
    Section{"node", false, kNode, "The gateway itself."},
    Section{"mqtt", false, kMqtt, "The connection to the platform."},
    Section{"store", false, kStore, "The durable queue: everything is committed here before it is published."},
    Section{"telemetry", false, kTelemetry, "How readings are packed."},
    Section{"port", true, kPort, "A line or connection that devices share."},
    Section{"device", true, kDevice, "A meter or sensor. Its driver adds keys, see below."},
    Section{"rule", true, kRule, "What an alert is raised for. Its kind adds keys, see below."},
};

}  // namespace

Fields node_fields() { return kNode; }
Fields mqtt_fields() { return kMqtt; }
Fields store_fields() { return kStore; }
Fields telemetry_fields() { return kTelemetry; }
Fields port_fields() { return kPort; }
Fields device_fields() { return kDevice; }
Fields rule_fields() { return kRule; }
Fields board_fields() { return kBoard; }
std::span<const Section> sections() { return kSections; }

}  // namespace afferent::config
