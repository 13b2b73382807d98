// [mqtt]: the connection to the platform.
#include <array>
#include <optional>

#include "agent/config/given_file.h"
#include "agent/config/loading.h"
#include "agent/config/names.h"
#include "agent/config/sizes.h"

namespace afferent::config {
namespace {

using core::ConfigNode;

constexpr SizeRange kMessage{std::uint64_t{1} << 10, std::uint64_t{256} << 20};

// `version = 5` is as good as "5".
ConfigNode version_as_text(const ConfigNode& version) {
  if (const auto* whole = std::get_if<std::int64_t>(&version.data())) return {std::to_string(*whole), version.source()};
  return version;
}

void refuse_password(Loading& loading, ConfigNode& section) {
  const ConfigNode& password = section["password"];
  if (password.empty()) return;
  loading.problem(
      password, "mqtt.password",
      "a password must not stand in a configuration; write it to a file of mode 0600 and name that file with "
      "password_file");
  section = with(section, "password", {});
}

void read_files(Loading& loading, const ConfigNode& table, MqttConfig& mqtt) {
  mqtt.password_file = secret_file(loading, table["password_file"], "mqtt.password_file");
  mqtt.ca_file = pem_file(loading, table["ca_file"], "mqtt.ca_file", "CERTIFICATE");
  mqtt.certificate_file = pem_file(loading, table["certificate_file"], "mqtt.certificate_file", "CERTIFICATE");
  mqtt.key_file = pem_file(loading, table["key_file"], "mqtt.key_file", "PRIVATE KEY");
}

void check_tls(Loading& loading, const ConfigNode& table, bool tls) {
  for (const char* key : {"ca_file", "certificate_file", "key_file"}) {
    if (!tls && table.has(key)) {
      loading.problem(table[key], std::string("mqtt.") + key,
                      "has no effect without TLS; set tls = true or leave it out");
    }
  }
  if (table.has("certificate_file") == table.has("key_file")) return;
  const bool key_missing = table.has("certificate_file");
  const char* const given = key_missing ? "certificate_file" : "key_file";
  loading.problem(
      table[given], std::string("mqtt.") + given,
      std::string("is of no use without ") + (key_missing ? "key_file" : "certificate_file") + "; give both or none");
}

core::Seconds whole_seconds(Loading& loading, const ConfigNode& table, const std::string& key,
                            core::Seconds otherwise) {
  if (!table.has(key)) return otherwise;
  const double seconds = table[key].real();
  if (seconds != std::floor(seconds)) {
    loading.problem(table[key], "mqtt." + key, shown(table[key]) + " is not a whole number of seconds");
  }
  return core::Seconds(std::llround(seconds));
}

}  // namespace

void read_mqtt(Loading& loading, const ConfigNode& root) {
  ConfigNode section = section_table(root, "mqtt");
  section = with(section, "version", version_as_text(section["version"]));
  section = with(section, "max_message", size_as_text(section["max_message"]));
  refuse_password(loading, section);
  const ConfigNode table = checked(loading, section, mqtt_fields(), "mqtt");

  MqttConfig& mqtt = loading.config.mqtt;
  mqtt.host = table["host"].text(mqtt.host);
  if (!is_host(mqtt.host)) {
    loading.problem(
        table["host"], "mqtt.host",
        in_quotes(mqtt.host) +
            " is not a host; expected a name or an address alone, e.g. \"192.0.2.7\"; the port is a key of its own");
  }
  mqtt.tls = table["tls"].boolean();
  mqtt.port = static_cast<std::uint16_t>(table["port"].integer(mqtt.tls ? 8883 : 1883));
  const std::string_view version = table["version"].text();
  mqtt.version = version == "5" ? 5 : version == "3.1.1" ? 3 : 0;
  read_files(loading, table, mqtt);
  check_tls(loading, table, mqtt.tls);
  mqtt.client_id = table["client_id"].text(loading.config.node.id);
  mqtt.username = table["username"].text(mqtt.password_file.empty() ? std::string_view()
                                                                    : std::string_view(loading.config.node.id));
  mqtt.keep_alive = whole_seconds(loading, table, "keep_alive", mqtt.keep_alive);
  mqtt.backoff_max = whole_seconds(loading, table, "backoff_max", mqtt.backoff_max);
  mqtt.window = static_cast<std::uint32_t>(table["window"].integer(mqtt.window));
  mqtt.max_message = static_cast<std::uint32_t>(
      read_size(loading, table["max_message"], "mqtt.max_message", kMessage).value_or(mqtt.max_message));
}

}  // namespace afferent::config
