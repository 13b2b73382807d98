#include "agent/uplink/paho_settings.h"

#include <mqtt/ssl_options.h>
#include <mqtt/will_options.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <utility>

namespace afferent::uplink {
namespace {

constexpr std::uint32_t kRoomForRetained = 64;
constexpr std::size_t kLongestPassword = 65535;  // MQTT 5.0 section 1.5.6

core::Error unreadable(const std::string& key, const std::string& path) {
  return {core::ErrorCode::bad_config, key + " " + path + " cannot be read"};
}

// Paho says nothing of use when it cannot load a file, so what can be seen is seen here.
core::Result<void> check_pem(const std::string& key, const std::string& path) {
  std::ifstream file(path);
  if (!file || file.peek() == std::ifstream::traits_type::eof()) return unreadable(key, path);
  std::string line;
  while (std::getline(file, line)) {
    if (line.starts_with("-----BEGIN ")) return {};
  }
  return core::Error{core::ErrorCode::bad_config, key + " " + path + " holds nothing in PEM form"};
}

core::Result<std::string> read_password(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  if (!file || !std::getline(file, line)) return unreadable("password_file", path);
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.pop_back();
  if (line.size() > kLongestPassword) {
    return core::Error{core::ErrorCode::bad_config, "password_file " + path + ": the first line is too long"};
  }
  return line;
}

core::Result<mqtt::ssl_options> tls_settings(const PahoOptions& options) {
  const std::array<std::pair<const char*, const std::string*>, 3> files{
      {{"ca_file", &options.ca_file},
       {"certificate_file", &options.certificate_file},
       {"key_file", &options.key_file}}};
  for (const auto& [key, path] : files) {
    if (path->empty()) continue;
    if (core::Result<void> checked = check_pem(key, *path); !checked) return std::move(checked).error();
  }
  mqtt::ssl_options made;
  if (!options.ca_file.empty()) made.set_trust_store(options.ca_file);
  if (!options.certificate_file.empty()) made.set_key_store(options.certificate_file);
  if (!options.key_file.empty()) made.set_private_key(options.key_file);
  made.set_enable_server_cert_auth(true);
  made.set_verify(true);
  return made;
}

}  // namespace

std::string server_uri(const PahoOptions& options) { return (options.tls ? "ssl://" : "tcp://") + options.broker(); }

int paho_version(int version) { return version == 5 ? MQTTVERSION_5 : MQTTVERSION_3_1_1; }

core::Result<mqtt::connect_options> connect_settings(const PahoOptions& options, int version, const Will& will) {
  mqtt::connect_options made;
  made.set_mqtt_version(paho_version(version));
  if (version == 5) {
    made.set_clean_start(true);
  } else {
    made.set_clean_session(true);
  }
  made.set_automatic_reconnect(false);
  made.set_keep_alive_interval(options.keep_alive);
  made.set_connect_timeout(options.connect_timeout);
  made.set_max_inflight(static_cast<int>(std::min<std::uint32_t>(options.window + kRoomForRetained, 65535)));
  if (!will.topic.empty()) {
    made.set_will(mqtt::will_options(will.topic, will.payload.data(), will.payload.size(), 1, true));
  }
  if (!options.username.empty()) made.set_user_name(options.username);
  if (!options.password_file.empty()) {
    core::Result<std::string> password = read_password(options.password_file);
    if (!password) return std::move(password).error();
    made.set_password(*password);
  }
  if (options.tls) {
    core::Result<mqtt::ssl_options> tls = tls_settings(options);
    if (!tls) return std::move(tls).error().in("TLS");
    made.set_ssl(*tls);
  }
  return made;
}

}  // namespace afferent::uplink
