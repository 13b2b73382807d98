#include "agent/uplink/paho_settings.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <utility>

namespace afferent::uplink {
namespace {

constexpr int kMostInFlight = 65535;  // what is under way is limited before; what Paho holds back it may never free
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

const char* or_null(const std::string& text) { return text.empty() ? nullptr : text.c_str(); }

}  // namespace

std::string server_uri(const PahoOptions& options) { return (options.tls ? "ssl://" : "tcp://") + options.broker(); }

int paho_version(int version) { return version == 5 ? MQTTVERSION_5 : MQTTVERSION_3_1_1; }

PahoSettings::PahoSettings(const PahoOptions& options, int version, const Will& will) : options_(options), will_(will) {
  const MQTTAsync_connectOptions five = MQTTAsync_connectOptions_initializer5;
  const MQTTAsync_connectOptions three = MQTTAsync_connectOptions_initializer;
  connect = version == 5 ? five : three;  // with clean start, and clean session
  connect.MQTTVersion = paho_version(version);
  connect.automaticReconnect = 0;
  connect.keepAliveInterval = static_cast<int>(options_.keep_alive.count());
  connect.connectTimeout = static_cast<int>(options_.connect_timeout.count());
  connect.maxInflight = kMostInFlight;
  connect.username = or_null(options_.username);
  if (will_.topic.empty()) return;
  will_options_.topicName = will_.topic.c_str();
  will_options_.payload.data = will_.payload.data();
  will_options_.payload.len = static_cast<int>(will_.payload.size());
  will_options_.qos = 1;
  will_options_.retained = 1;
  connect.will = &will_options_;
}

core::Result<std::unique_ptr<PahoSettings>> PahoSettings::make(const PahoOptions& options, int version,
                                                               const Will& will) {
  std::unique_ptr<PahoSettings> made(new PahoSettings(options, version, will));
  if (!options.password_file.empty()) {
    core::Result<void> read = made->read_password();
    if (!read) return std::move(read).error();
  }
  if (options.tls) {
    core::Result<void> used = made->use_tls();
    if (!used) return std::move(used).error().in("TLS");
  }
  return made;
}

core::Result<void> PahoSettings::read_password() {
  const std::string& path = options_.password_file;
  std::ifstream file(path);
  if (!file || !std::getline(file, password_)) return unreadable("password_file", path);
  while (!password_.empty() && password_.back() == '\r') password_.pop_back();
  if (password_.size() > kLongestPassword) {
    return core::Error{core::ErrorCode::bad_config, "password_file " + path + ": the first line is too long"};
  }
  connect.binarypwd.data = password_.data();
  connect.binarypwd.len = static_cast<int>(password_.size());
  return {};
}

core::Result<void> PahoSettings::use_tls() {
  const std::array<std::pair<const char*, const std::string*>, 3> files{
      {{"ca_file", &options_.ca_file},
       {"certificate_file", &options_.certificate_file},
       {"key_file", &options_.key_file}}};
  for (const auto& [key, path] : files) {
    if (path->empty()) continue;
    core::Result<void> checked = check_pem(key, *path);
    if (!checked) return checked;
  }
  tls.trustStore = or_null(options_.ca_file);
  tls.keyStore = or_null(options_.certificate_file);
  tls.privateKey = or_null(options_.key_file);
  tls.enableServerCertAuth = 1;
  tls.verify = 1;  // the name or address, too
  connect.ssl = &tls;
  return {};
}

}  // namespace afferent::uplink
