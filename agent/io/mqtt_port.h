// Messages of an MQTT broker as a port (LoRaWAN servers publish there): each comes in under its topic, and a write to a
// topic is published. Loop-bound; libmosquitto's socket is watched by our loop, no thread of it runs.
//
// MQTT 3.1.1, clean session, QoS 1 both ways. What the broker sent while we were away is lost to us: the source of a
// message has to keep what must not be lost.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/log.h"
#include "agent/core/port.h"
#include "agent/core/random.h"
#include "agent/io/address.h"
#include "agent/io/helper.h"
#include "agent/io/loop.h"
#include "agent/io/retry.h"

struct mosquitto;

namespace afferent::io {

struct MqttOptions {
  std::string id;    // for the log: "port <id>"
  std::string host;  // name or numeric address; a name is looked up anew for each attempt
  std::uint16_t port = 1883;
  std::string client_id{};      // empty: one that the library makes up
  std::string username{};       // empty: none
  std::string password_file{};  // first line is the password, read at each attempt; empty: none
  core::Nanos answer_timeout = std::chrono::seconds(10);  // for connection and subscription
};

class MqttPort final : public core::Port {
 public:
  static constexpr std::size_t kLargestMessage = 1 << 20;  // bytes; a larger one is dropped and said so
  static constexpr int kMostUnacknowledged = 256;          // of ours; beyond, a write is Error{full}

  MqttPort(Loop& loop, Helper& helper, core::Log& log, core::Random& random, MqttOptions options);
  ~MqttPort() override;
  MqttPort(const MqttPort&) = delete;
  MqttPort& operator=(const MqttPort&) = delete;

  Medium medium() const override { return Medium::stream; }
  core::Result<void> want(std::span<const core::PortWish> wishes) override;  // topic filters
  // Open is it when the broker has granted all subscriptions.
  void start(core::PortListener& listener) override;
  core::Result<void> write(std::uint32_t peer, core::ByteView bytes) override;
  core::Result<void> write_to(std::string_view name, core::ByteView bytes) override;
  void reopen(std::string_view why) override;
  bool is_open() const override { return open_; }

  std::string_view trouble() const override { return reporter_.trouble(); }  // why it is closed; empty: it is not

 private:
  struct Prepared {
    core::Result<std::vector<Address>> addresses;
    core::Result<std::string> password;
  };
  struct Calls;  // libmosquitto's callbacks

  static Prepared prepare(const MqttOptions& options);
  void attempt();
  void prepared(Prepared facts);
  void connect();
  void watch();
  void ready(std::uint32_t events);
  void keep_up();
  void check(int result, std::string_view doing);
  void acknowledged(int code);
  void subscribed(int message, bool granted);
  void received(const char* topic, core::ByteView payload);
  void opened();
  void fail(std::string_view why);
  void forget_connection();
  void retry();

  Loop& loop_;
  Helper& helper_;
  core::Log& log_;
  const MqttOptions options_;
  const std::string name_;  // host:port
  Reporter reporter_;
  Backoff backoff_;
  std::vector<std::string> filters_;
  std::map<int, std::string> unanswered_;  // filters, by the number of their message
  std::vector<Address> addresses_;
  std::size_t next_address_ = 0;
  ::mosquitto* client_ = nullptr;
  int fd_ = -1;  // libmosquitto's; -1: not watched
  bool open_ = false;
  bool calling_ = false;  // libmosquitto is on the stack: it must not be destroyed
  std::string failure_;   // that came up meanwhile
  int unacknowledged_ = 0;
  core::Nanos deadline_{};  // boot time: of what the broker has to answer
  core::PortListener* listener_ = nullptr;
  Loop::Handle timer_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // for results that come after us
};

}  // namespace afferent::io
