// One client of Paho's C library with its callbacks, good for any number of failed attempts and one connection: on the
// next connection Paho would repeat by itself what was in flight on the last, beside the window. Paho calls back on its
// own threads; the callbacks only leave a note in the mailbox; all the rest is used by the deliver thread only. Between
// connect() and its answer nothing of Paho is called: a process-wide lock of it is held during the name look-up.
//
// It is the C library and not the C++ one on top of it, since that hides what OpenSSL says (its handler is called on an
// object that is gone by then) and costs two allocations and a list entry more per message.
#pragma once

#include <MQTTAsync.h>

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "agent/core/result.h"
#include "agent/uplink/mailbox.h"
#include "agent/uplink/paho_settings.h"

namespace afferent::uplink {

class PahoSession {
 public:
  static core::Result<std::unique_ptr<PahoSession>> create(const PahoOptions& options, int version,
                                                           std::function<void()> wake);
  ~PahoSession();
  PahoSession(const PahoSession&) = delete;
  PahoSession& operator=(const PahoSession&) = delete;

  Mailbox& mailbox() { return mailbox_; }
  int version() const { return version_; }
  bool used_up() const;  // it had its connection
  // What the broker demands instead of what it was offered (MQTT 5.0 section 3.2.2.3.14); 0: nothing.
  core::Seconds server_keep_alive() const;
  core::Result<void> connect(const PahoOptions& options, const Will& will);
  core::Result<void> publish(std::uint64_t token, const std::string& topic, core::ByteView payload, bool retained);
  void disconnect();  // waits for it, at most 2 s

 private:
  friend struct PahoCallbacks;
  enum class State : std::uint8_t { closed, connecting, open };
  struct Pending {  // a message in flight: what Paho hands back to us
    PahoSession* session;
    std::uint64_t token;
  };

  PahoSession(const PahoOptions& options, int version, std::function<void()> wake);
  void fill_in_callbacks(PahoSettings& settings);

  struct Terms {  // of the broker, in its CONNACK
    std::uint64_t max_packet = 0;
    std::uint16_t receive_maximum = 65535;
    core::Seconds keep_alive{0};
  };
  void connected(const Terms& terms);
  void connect_failed(int code, int reason, const char* message);
  void lost(const std::string& why);
  void acked(Pending& pending);
  void not_acked(Pending& pending, int reason);
  void note_tls_error(const std::string& text);
  void disconnected();

  Pending* keep(std::uint64_t token);
  std::uint64_t give_back(Pending& pending);

  const int version_;
  const std::string broker_;
  Mailbox mailbox_;
  MQTTAsync client_ = nullptr;

  mutable std::mutex mutex_;
  State state_ = State::closed;   // guarded by mutex_
  bool was_open_ = false;         // guarded by mutex_
  core::Seconds keep_alive_{0};   // guarded by mutex_
  std::string tls_errors_;        // guarded by mutex_
  std::deque<Pending> pending_;   // guarded by mutex_; entries stay where they are
  std::vector<Pending*> free_;    // guarded by mutex_
  bool disconnected_ = false;     // guarded by mutex_
  std::condition_variable gone_;  // disconnected_ is true
};

}  // namespace afferent::uplink
