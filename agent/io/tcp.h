// A TCP connection to a device as a port; it comes back by itself. Loop-bound.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agent/core/log.h"
#include "agent/core/port.h"
#include "agent/core/random.h"
#include "agent/io/address.h"
#include "agent/io/helper.h"
#include "agent/io/loop.h"
#include "agent/io/retry.h"
#include "agent/io/stream.h"

namespace afferent::io {

struct TcpOptions {
  std::string id;    // for the log: "port <id>"
  std::string host;  // name or numeric address; a name is looked up anew for each attempt
  std::uint16_t port = 0;
  core::Nanos connect_timeout = std::chrono::seconds(5);  // per address of the host
};

class TcpPort final : public core::Port, private StreamOwner {
 public:
  TcpPort(Loop& loop, Helper& helper, core::Log& log, core::Random& random, TcpOptions options);
  ~TcpPort() override;
  TcpPort(const TcpPort&) = delete;
  TcpPort& operator=(const TcpPort&) = delete;

  Medium medium() const override { return Medium::stream; }
  void start(core::PortListener& listener) override;
  core::Result<void> write(std::uint32_t peer, core::ByteView bytes) override;
  void reopen(std::string_view why) override;
  bool is_open() const override { return stream_.is_open(); }

  std::string_view trouble() const override { return reporter_.trouble(); }  // why it is closed; empty: it is not

 private:
  void stream_received(const core::Stamp& at, core::ByteView bytes) override;
  void stream_failed(const core::Stamp& at, std::string_view why) override;
  void attempt();
  void looked_up(core::Result<std::vector<Address>> addresses);
  void connect_next();
  void connected();
  void attempt_failed(std::string_view why);
  void end_attempt();
  void retry();

  Loop& loop_;
  Helper& helper_;
  const TcpOptions options_;
  const std::string name_;  // host:port
  Reporter reporter_;
  Backoff backoff_;
  Stream stream_;
  std::vector<Address> addresses_;  // of this attempt
  std::size_t next_address_ = 0;
  UniqueFd connecting_;
  Loop::Handle timer_ = 0;  // end of the pause or of the connect time-out
  core::PortListener* listener_ = nullptr;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // for results that come after us
};

}  // namespace afferent::io
