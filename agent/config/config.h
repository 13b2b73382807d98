// The configuration of an agent as checked structs. Value types: whoever holds one need not check again.
// Reading it (load.h) refuses everything that is not allowed and reports all mistakes at once.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/problem.h"
#include "agent/core/alert.h"
#include "agent/core/config_tree.h"
#include "agent/core/device.h"
#include "agent/core/driver.h"
#include "agent/core/port.h"
#include "agent/core/time.h"

namespace afferent::config {

struct Camera {
  std::string id;
  double latitude = 0.0;   // deg, WGS 84
  double longitude = 0.0;  // deg, WGS 84
};

struct NodeConfig {
  std::string id;                 // MQTT user and topic level: [a-z0-9][a-z0-9_-]*
  std::vector<std::string> area;  // grid path, widest first; may be empty
  std::string timezone = "UTC";   // IANA name
  std::string board = "pc";       // folder of boards/
  std::string language = "en";    // en, zh
  std::string control_socket;     // path; empty: no control socket
  core::Source socket_from;       // where it stands
  bool replay = false;            // recorded readings may be let in through the control socket
  std::vector<Camera> cameras;    // named in alerts of devices near them
};

struct MqttConfig {
  std::string host = "127.0.0.1";
  std::uint16_t port = 1883;
  int version = 0;            // 0: MQTT 5, falling back to 3.1.1; else 3 or 5
  std::string client_id;      // default: the node's id
  std::string username;       // default: the node's id when a password file is named
  std::string password_file;  // first line is the password; never shown
  bool tls = false;
  std::string ca_file;
  std::string certificate_file;
  std::string key_file;
  core::Seconds keep_alive{30};
  core::Seconds backoff_max{15};
  std::uint32_t window = 100;         // messages in flight
  std::uint32_t max_message = 65536;  // bytes
};

struct StoreConfig {
  std::string path;                  // the database file
  core::Source path_from;            // where it stands
  std::uint64_t quota = 256u << 20;  // bytes of payload and overhead that the outbox may hold
  std::uint64_t reserve = 8u << 20;  // of these, kept free for alerts, custody and gaps
  core::Millis flush{0};             // telemetry may wait this long for its commit; 0: every round
};

struct TelemetryConfig {
  core::Millis batch{5000};  // 0: each poll is a message of its own
};

struct PortConfig {
  enum class Kind : std::uint8_t { serial, tcp, tcp_listen, gpio, iio, mqtt };
  std::string id;
  Kind kind = Kind::serial;
  bool kind_known = false;         // false only while the file says none that there is
  std::string path;                // serial, gpio, iio: file, folder or name; a board's alias is already resolved
  std::string host;                // tcp, mqtt; tcp_listen: numeric local address
  std::uint16_t tcp_port = 0;      // tcp, tcp_listen, mqtt
  bool modbus_tcp = false;         // tcp: frames carry the MBAP header; false: a serial protocol over TCP
  core::LineSettings line;         // serial: as it is opened; what it does not say comes from its first device
  bool rs485 = false;              // ask the kernel to drive the transceiver
  core::Millis silence{0};         // quiet time before each request; 0: computed
  std::uint32_t connections = 64;  // tcp_listen: at a time
  core::Millis idle{0};            // tcp_listen: 0: a silent connection is kept
  std::map<std::string, std::uint32_t, std::less<>> gpio_lines{};  // gpio: the board's names for lines of this chip
  std::string username;                                            // mqtt
  std::string password_file;                                       // mqtt
  core::Source source;
};

// As `kind` is written in the file, in the order of the enumeration.
inline constexpr std::array<std::string_view, 6> kPortKinds{"serial", "tcp", "tcp-listen", "gpio", "iio", "mqtt"};
inline constexpr std::string_view name_of(PortConfig::Kind kind) { return kPortKinds[static_cast<std::size_t>(kind)]; }

struct DeviceConfig {
  core::DeviceIdentity identity;
  const core::DriverSpec* driver = nullptr;
  std::size_t port = 0;       // index into Config::ports
  core::Millis poll{10'000};  // 0: as fast as the line allows
  core::Millis reply_timeout{1000};
  core::Millis silence{0};  // 0: the port's
  std::uint8_t retries = 2;
  std::optional<core::LineSettings> line;  // this device's own rate on a shared line
  core::ConfigNode options;                // checked by driver->options
  core::ConfigNode profile;                // checked by driver->profile
  core::Source source;
  std::vector<core::Source> calibration_from = {};  // where each of identity.calibration stands
  bool broken = false;     // it has mistakes, which are among the problems; never in a configuration without any
  Problems mistakes = {};  // those of its own text and of its profile's
};

struct RuleConfig {
  std::string id;
  std::string kind;
  std::vector<core::DeviceId> devices;  // it judges `channel` of each of these on its own
  std::string channel;
  std::string domain;  // default: each device's own
  std::optional<core::Severity> severity;
  core::ConfigNode sentence;   // own wording instead of the kind's
  std::uint32_t flapping = 5;  // raised so often within flapping_within it is held until flapping_calm; 0: never
  core::Seconds flapping_within{600};
  core::Seconds flapping_calm{600};
  core::ConfigNode options;  // checked by the kind's table
  core::Source source;
  core::Source channel_source = {};   // where its channel stands,
  core::Source devices_source = {};   // its devices
  core::Source severity_source = {};  // and its severity; line 0: nowhere
  bool broken = false;                // as of a device
};

struct Config {
  NodeConfig node;
  MqttConfig mqtt;
  StoreConfig store;
  TelemetryConfig telemetry;
  std::vector<PortConfig> ports;
  std::vector<DeviceConfig> devices;  // DeviceId is the index
  std::vector<RuleConfig> rules;
};

}  // namespace afferent::config
