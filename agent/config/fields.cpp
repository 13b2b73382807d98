#include "agent/config/fields.h"

#include <array>

#include "agent/config/field_limits.h"

namespace afferent::config {
namespace {

using core::ConfigField;
using enum core::FieldType;

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
                .help = "Messages that may wait for their acknowledgement at a time; never more than 32 kB of them."},
    ConfigField{.key = "max_message",
                .standard = "64 kB",
                .help = "Largest sealed message (telemetry, alert, event, custody, gap) to publish, \"1 kB\" to "
                        "\"256 MB\" or a number of bytes; a larger one is set aside with a gap notice."},
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
                .help = "How long a full batch may wait for its commit; 0: not at all. A power cut loses at most what "
                        "is younger than [telemetry] batch and this together, and never an alert."},
};

constexpr std::array kTelemetry{
    ConfigField{.key = "batch",
                .type = duration,
                .standard = "5 s",
                .minimum = 0,
                .maximum = 3600,
                .help = "Time span of readings that share a message; 0: each poll is a message of its own."},
};

}  // namespace

Fields node_fields() { return kNode; }
Fields mqtt_fields() { return kMqtt; }
Fields store_fields() { return kStore; }
Fields telemetry_fields() { return kTelemetry; }

std::span<const Section> sections() {
  static const std::array sections{
      Section{"node", false, kNode, "The gateway itself."},
      Section{"mqtt", false, kMqtt, "The connection to the platform."},
      Section{"store", false, kStore, "The durable queue: everything is committed here before it is published."},
      Section{"telemetry", false, kTelemetry, "How readings are packed."},
      Section{"port", true, port_fields(), "A line or connection that devices share."},
      Section{"device", true, device_fields(), "A meter or sensor. Its driver adds keys, see below."},
      Section{"rule", true, rule_fields(), "What an alert is raised for. Its kind adds keys, see below."},
  };
  return sections;
}

}  // namespace afferent::config
