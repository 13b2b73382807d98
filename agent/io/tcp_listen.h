// A TCP port that stations call: listens as soon as its address is there and free, and for as long as it lives.
// Loop-bound; each connection is a peer, see TcpServer.
#pragma once

#include <memory>
#include <optional>

#include "agent/core/log.h"
#include "agent/core/port.h"
#include "agent/core/random.h"
#include "agent/io/loop.h"
#include "agent/io/retry.h"
#include "agent/io/tcp_server.h"

namespace afferent::io {

class TcpListenPort final : public core::Port {
 public:
  // `options.host` is a numeric address, so that nothing is looked up; another one is tried for ever.
  TcpListenPort(Loop& loop, core::Log& log, core::Random& random, TcpServerOptions options);
  ~TcpListenPort() override;
  TcpListenPort(const TcpListenPort&) = delete;
  TcpListenPort& operator=(const TcpListenPort&) = delete;

  Medium medium() const override { return Medium::stream; }
  void start(core::PortListener& listener) override;
  core::Result<void> write(std::uint32_t peer, core::ByteView bytes) override;
  void reopen(std::string_view why) override;  // drops all peers, listens on
  bool is_open() const override { return server_ != nullptr && server_->is_open(); }

  std::uint16_t local_port() const { return server_ ? server_->local_port() : std::uint16_t{0}; }
  std::string_view trouble() const override { return reporter_.trouble(); }  // why it does not listen; empty: it does

 private:
  void attempt();
  void sent_away();

  Loop& loop_;
  TcpServerOptions options_;
  core::Log& log_;
  Reporter reporter_;
  Backoff backoff_;
  std::unique_ptr<TcpServer> server_;
  core::PortListener* listener_ = nullptr;
  Loop::Handle timer_ = 0;
  std::optional<core::Nanos> crowd_told_;  // boot time
};

}  // namespace afferent::io
