// One Paho client with its callbacks, good for any number of failed attempts and one connection: on the next connection
// Paho would repeat by itself what was in flight on the last, beside the window. Paho calls back on its own threads;
// the callbacks only leave a note in the mailbox. Between connect() and its answer nothing of Paho is called: a
// process-wide lock of it is held during the name look-up.
#pragma once

#include <mqtt/async_client.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/uplink.h"
#include "agent/uplink/paho_failure.h"
#include "agent/uplink/paho_settings.h"

namespace afferent::uplink {

// What Paho's threads leave for the deliver thread. Thread-safe.
class Mailbox {
 public:
  explicit Mailbox(std::function<void()> wake) : wake_(std::move(wake)) {}

  struct Content {
    std::vector<core::UplinkEvent> events;
    std::optional<ConnectFailure> failure;  // after it the attempt is over
  };
  void post(core::UplinkEvent event);
  void post(ConnectFailure failure);
  Content take();
  void close();  // from now on nothing is kept and nobody is woken

 private:
  std::mutex mutex_;
  Content content_;             // guarded by mutex_
  std::function<void()> wake_;  // guarded by mutex_, called under it; empty: closed
};

class PahoSession final : private mqtt::iaction_listener {
 public:
  static core::Result<std::unique_ptr<PahoSession>> create(const PahoOptions& options, int version,
                                                           std::function<void()> wake);

  Mailbox& mailbox() { return mailbox_; }
  int version() const { return version_; }
  bool used_up() const;  // it had its connection
  core::Result<void> connect(const PahoOptions& options, const Will& will);
  core::Result<void> publish(std::uint64_t token, const std::string& topic, core::ByteView payload, bool retained);
  void disconnect();

 private:
  // The answer to connect(), apart from the answers to publish().
  struct ConnectListener final : mqtt::iaction_listener {
    PahoSession& session;
    explicit ConnectListener(PahoSession& owner) : session(owner) {}
    void on_success(const mqtt::token& token) override { session.connected(token); }
    void on_failure(const mqtt::token& token) override { session.connect_failed(token); }
  };
  enum class State : std::uint8_t { closed, connecting, open };

  PahoSession(const PahoOptions& options, int version, std::function<void()> wake);

  void on_success(const mqtt::token& token) override;
  void on_failure(const mqtt::token& token) override;
  void connected(const mqtt::token& token);
  void connect_failed(const mqtt::token& token);
  void lost(const std::string& why);
  void hear_tls_errors();
  void note_tls_error(const std::string& text);

  void* keep(std::uint64_t token);
  std::uint64_t give_back(void* context);

  const int version_;
  const std::string broker_;
  Mailbox mailbox_;
  ConnectListener connect_listener_{*this};
  mqtt::connect_options settings_;  // Paho points into it while it is connected

  mutable std::mutex mutex_;
  bool was_open_ = false;              // guarded by mutex_
  State state_ = State::closed;        // guarded by mutex_
  std::string tls_errors_;             // guarded by mutex_
  std::vector<std::uint64_t> tokens_;  // guarded by mutex_; a place in it is what Paho hands back to us
  std::vector<std::uint32_t> free_;    // guarded by mutex_; places in tokens_

  mqtt::async_client client_;  // last: it goes first, and its callbacks with it
};

}  // namespace afferent::uplink
