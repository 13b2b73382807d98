#include "agent/uplink/paho_settings.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <memory>
#include <utility>

#include "agent/core/first_line.h"

namespace afferent::uplink {
namespace {

constexpr int kMostInFlight = 65535;  // what is under way is limited before; what Paho holds back it may never free

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

// Why OpenSSL would not take them; Paho only says that the connection failed.
core::Result<void> check_pair(const std::string& certificate, const std::string& key) {
  const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  if (context == nullptr) return {};
  const auto wrong = [](const std::string& what) {
    const char* why = ERR_reason_error_string(ERR_get_error());
    ERR_clear_error();
    return core::Error{core::ErrorCode::bad_config, what + (why == nullptr ? std::string() : std::string(": ") + why)};
  };
  if (SSL_CTX_use_certificate_chain_file(context.get(), certificate.c_str()) != 1) {
    return wrong("certificate_file " + certificate + " is no certificate");
  }
  if (key.empty()) return {};
  if (SSL_CTX_use_PrivateKey_file(context.get(), key.c_str(), SSL_FILETYPE_PEM) == 1) return {};
  const bool other = ERR_GET_REASON(ERR_peek_error()) == X509_R_KEY_VALUES_MISMATCH;
  return wrong("key_file " + key + (other ? " is not that of certificate_file " + certificate : " is no private key"));
}

core::Result<void> check_authorities(const std::string& path) {
  const std::unique_ptr<X509_STORE, void (*)(X509_STORE*)> store(X509_STORE_new(), X509_STORE_free);
  if (store == nullptr || X509_STORE_load_file(store.get(), path.c_str()) == 1) return {};
  ERR_clear_error();
  return core::Error{core::ErrorCode::bad_config, "ca_file " + path + " holds no certificate"};
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
  auto line = core::first_line(options_.password_file, core::kLongestMqttPassword);
  if (!line) return std::move(line).error().in("password_file");
  password_ = *std::move(line);
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
  if (!options_.ca_file.empty()) {
    if (auto checked = check_authorities(options_.ca_file); !checked) return checked;
  }
  if (!options_.certificate_file.empty()) {
    if (auto checked = check_pair(options_.certificate_file, options_.key_file); !checked) return checked;
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
