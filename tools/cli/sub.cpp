// `afferent sub`: subscribes as a platform operator would, shows the messages and judges their completeness.
#include <fmt/core.h>
#include <mqtt/async_client.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <system_error>

#include "agent/core/first_line.h"
#include "agent/core/topic.h"
#include "agent/uplink/paho_failure.h"
#include "tools/cli/command.h"
#include "tools/cli/printer.h"
#include "tools/cli/topic_filter.h"

namespace afferent::cli {
namespace {

struct Arguments {
  std::string host = "127.0.0.1";
  std::uint16_t port = 1883;
  std::string topic = std::string(core::kTopicRoot) + "/#";
  std::string username;
  std::string password_file;
  std::string ca_file;
  std::string session;      // client id of a persistent session
  std::uint64_t count = 0;  // messages; 0: no limit
  double seconds = 0;       // 0: no limit
};

std::string check_seconds(std::string& text) {
  double seconds = 0;
  const bool number = CLI::detail::lexical_cast(text, seconds);
  if (number && seconds > 0 && seconds <= 1e9) return {};
  return "'" + text + "' is no time to end after; right would be more than 0 seconds";
}

volatile std::sig_atomic_t interrupted = 0;
void interrupt(int /*signal*/) { interrupted = 1; }

// Paho would only say that the connection failed.
void check_ca_file(const std::string& path) {
  errno = 0;
  std::ifstream file(path);
  std::string line;
  while (file && !line.starts_with("-----BEGIN ")) std::getline(file, line);
  if (file) return;
  const std::string why =
      errno == 0 ? "holds no certificate in PEM form" : "cannot be read: " + std::generic_category().message(errno);
  throw std::runtime_error("CA file " + path + ": " + why);
}

mqtt::connect_options options_of(const Arguments& arguments) {
  mqtt::connect_options_builder builder;
  // A session is kept by MQTT 3.1.1: Paho 1.2 drops the properties of a connection, the session's expiry among them.
  if (arguments.session.empty()) {
    builder.mqtt_version(MQTTVERSION_5).clean_start(true);
  } else {
    builder.mqtt_version(MQTTVERSION_3_1_1).clean_session(false);
  }
  builder.automatic_reconnect();
  if (!arguments.username.empty()) builder.user_name(arguments.username);
  if (!arguments.password_file.empty()) {
    const auto password = core::first_line(arguments.password_file, core::kLongestMqttPassword);
    if (!password) throw std::runtime_error("password file " + password.error().message());
    builder.password(*password);
  }
  if (!arguments.ca_file.empty()) {
    check_ca_file(arguments.ca_file);
    mqtt::ssl_options tls;
    tls.set_trust_store(arguments.ca_file);
    tls.set_verify(true);
    builder.ssl(tls);
  }
  return builder.finalize();
}

// Says in the agent's words why it came to nothing.
void connect(mqtt::async_client& client, const Arguments& arguments) {
  const mqtt::connect_options options = options_of(arguments);
  try {
    client.connect(options)->wait();
  } catch (const mqtt::exception& error) {
    uplink::PahoOptions broker;
    broker.host = arguments.host;
    broker.port = arguments.port;
    broker.tls = !arguments.ca_file.empty();
    uplink::ConnectFailure failure;
    failure.version = arguments.session.empty() ? 5 : 3;
    failure.return_code = error.get_return_code();
    failure.reason_code = error.get_reason_code();
    failure.message = error.what();
    throw std::runtime_error(uplink::describe(failure, broker));
  }
}

int listen(const Arguments& arguments, Printer& printer) {
  const std::string address =
      fmt::format("{}://{}:{}", arguments.ca_file.empty() ? "tcp" : "ssl", arguments.host, arguments.port);
  const int version = arguments.session.empty() ? MQTTVERSION_5 : MQTTVERSION_3_1_1;
  mqtt::async_client client(address, arguments.session, mqtt::create_options(version));
  client.start_consuming();
  // Subscribed anew after each reconnect; a persistent session brings what came meanwhile.
  client.set_connected_handler([&client, &arguments](const std::string&) { client.subscribe(arguments.topic, 1); });
  connect(client, arguments);
  fmt::print(stderr, "subscribed to {} at {}\n", arguments.topic, address);
  using Clock = std::chrono::steady_clock;
  const auto end =
      arguments.seconds > 0
          ? Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(arguments.seconds))
          : Clock::time_point::max();
  const auto show = [&printer](const mqtt::const_message_ptr& message) {
    printer.message(message->get_topic(), core::as_bytes(message->get_payload_ref().str()));
    std::fflush(stdout);
  };
  while (interrupted == 0 && Clock::now() < end && (arguments.count == 0 || printer.messages() < arguments.count)) {
    mqtt::const_message_ptr message;
    if (!client.try_consume_message_for(&message, std::chrono::milliseconds(100)) || !message) continue;
    show(message);
  }
  client.disconnect()->wait();
  // What has come is acknowledged, so that no later run of a session would get it.
  for (mqtt::const_message_ptr message; !arguments.session.empty() && client.try_consume_message(&message);) {
    if (message) show(message);
  }
  return 0;
}

int sub(const Arguments& arguments, const Common& common) {
  if (const std::string_view wrong = filter_mistake(arguments.topic); !wrong.empty()) {
    fmt::print(stderr, "afferent sub: topic filter '{}': {}\n", arguments.topic.substr(0, 80), wrong);
    return 2;
  }
  std::signal(SIGINT, interrupt);
  std::signal(SIGTERM, interrupt);
  Printer printer(common.json);
  try {
    listen(arguments, printer);
  } catch (const mqtt::exception& error) {
    fmt::print(stderr, "afferent sub: {}:{}: {}\n", arguments.host, arguments.port, error.what());
    return 2;
  } catch (const std::exception& error) {
    fmt::print(stderr, "afferent sub: {}\n", error.what());
    return 2;
  }
  printer.summary();
  return printer.clean() ? 0 : 1;
}

}  // namespace

Command add_sub(CLI::App& parent, const Common& common) {
  CLI::App* app = parent.add_subcommand("sub", "Subscribe like a platform operator; report holes and duplicates");
  auto arguments = std::make_shared<Arguments>();
  app->add_option("--host", arguments->host, "Broker")->capture_default_str();
  app->add_option("--port", arguments->port, "Its TCP port")->capture_default_str();
  app->add_option("--topic", arguments->topic, "Topic filter")->capture_default_str();
  app->add_option("--username", arguments->username, "User name");
  app->add_option("--password-file", arguments->password_file, "File whose first line is the password");
  app->add_option("--ca-file", arguments->ca_file, "Connect with TLS and trust this CA");
  app->add_option("--session", arguments->session, "Client id of a persistent session, which loses nothing while away");
  app->add_option("--count", arguments->count,
                  "End after so many messages; in a session also what has come by then is shown");
  app->add_option("--for", arguments->seconds, "End after so many seconds, more than 0")
      ->check(CLI::Validator(check_seconds, "SECONDS"));
  app->footer("Exit status: 0 complete, 1 holes or unreadable messages, 2 no connection.");
  return {app, [arguments, &common] { return sub(*arguments, common); }};
}

}  // namespace afferent::cli
