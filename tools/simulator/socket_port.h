// A unix socket on which a stand-in for a GPIO chip listens; each agent that connects is a peer. Loop-bound.
#pragma once

#include <memory>
#include <set>
#include <string>

#include "agent/core/port.h"
#include "agent/io/loop.h"
#include "agent/io/unix_server.h"

namespace afferent::simulator {

class SocketPort final : public core::Port {
 public:
  // Error{bad_config} where something else than a socket stands in the way.
  static core::Result<std::unique_ptr<SocketPort>> listen(io::Loop& loop, const std::string& path);

  Medium medium() const override { return Medium::stream; }
  void start(core::PortListener& listener) override { listener_ = &listener; }
  core::Result<void> write(std::uint32_t peer, core::ByteView bytes) override;
  void reopen(std::string_view /*why*/) override {}
  bool is_open() const override { return true; }

 private:
  explicit SocketPort(io::Loop& loop) : loop_(loop) {}
  io::UnixServer::Listener events();

  io::Loop& loop_;
  std::set<std::uint32_t> peers_;
  core::PortListener* listener_ = nullptr;
  std::unique_ptr<io::UnixServer> server_;
};

}  // namespace afferent::simulator
