// The broker over Eclipse Paho (its C library): MQTT 5 with fall-back to 3.1.1, TLS, clean start, nothing kept and
// nothing repeated by Paho itself. Loop-bound to the deliver thread; `wake` is called from Paho's threads.
//
// Which MQTT: 5 is tried first at each connection. A broker that refuses the version is asked with 3.1.1 at once. One
// that hangs up without a word gets a second chance with MQTT 5 and then 3.1.1, unless it has spoken MQTT 5 before:
// on 3.1.1 refusals cannot be seen, so a broker that is going down must not lead there.
//
// A broker that demands a shorter keep-alive in its CONNACK gets a second connection with it at once, and all later
// ones: Paho cannot change it on a connection that stands.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/clock.h"
#include "agent/core/uplink.h"
#include "agent/uplink/paho_options.h"

namespace afferent::uplink {

class PahoSession;
struct ConnectFailure;

class PahoUplink final : public core::Uplink {
 public:
  PahoUplink(PahoOptions options, const core::Clock& clock, std::function<void()> wake);
  ~PahoUplink() override;

  void connect(const std::string& will_topic, const core::Bytes& will_payload) override;
  core::Result<void> publish(std::uint64_t token, const std::string& topic, core::ByteView payload,
                             bool retained) override;
  std::vector<core::UplinkEvent> take() override;
  void disconnect() override;

 private:
  class Disposal;

  void attempt(int version);
  std::unique_ptr<PahoSession>& of_version(int version) { return version == 5 ? five_ : three_; }
  void dispose();
  void answered(const ConnectFailure& failure);
  void failed(std::string reason);
  bool should_try_older(const ConnectFailure& failure);
  void give_up_if_wedged();
  bool must_hurry();  // the broker demands a shorter keep-alive than it was offered; it is adopted

  PahoOptions options_;  // with the keep-alive that the broker demands
  const core::Clock& clock_;
  const std::function<void()> wake_;
  std::vector<core::UplinkEvent> own_;  // attempts that failed before Paho had a say
  // They stay until the next attempt at least: a client must not be destroyed while it is about to return from a
  // callback.
  std::unique_ptr<PahoSession> five_;
  std::unique_ptr<PahoSession> three_;
  PahoSession* session_ = nullptr;      // the one in use; nullptr: none yet
  std::unique_ptr<Disposal> disposal_;  // of a session that got stuck
  std::string will_topic_;
  core::Bytes will_payload_;
  std::optional<core::Nanos> attempt_since_;
  bool hurried_ = false;      // this connection is the second one, with the broker's keep-alive
  bool spoke_mqtt5_ = false;  // the broker did, since start
  bool hung_up_ = false;      // at the last attempt with MQTT 5
};

}  // namespace afferent::uplink
