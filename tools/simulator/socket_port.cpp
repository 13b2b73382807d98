#include "tools/simulator/socket_port.h"

#include <filesystem>
#include <system_error>

namespace afferent::simulator {

using core::Error;
using core::ErrorCode;

io::UnixServer::Listener SocketPort::events() {
  return {[this](std::uint32_t peer, core::ByteView bytes) {
            if (listener_ != nullptr) listener_->port_received(peer, loop_.now(), bytes);
          },
          [this](std::uint32_t peer) {
            peers_.erase(peer);
            if (listener_ != nullptr) listener_->port_closed(peer, loop_.now(), "closed");
          },
          [this](std::uint32_t peer) {
            peers_.insert(peer);
            if (listener_ != nullptr) listener_->port_opened(peer, loop_.now());
          }};
}

core::Result<std::unique_ptr<SocketPort>> SocketPort::listen(io::Loop& loop, const std::string& path) {
  std::error_code error;
  const auto there = std::filesystem::symlink_status(path, error);
  if (std::filesystem::exists(there) && !std::filesystem::is_socket(there)) {
    return Error(ErrorCode::bad_config, "socket " + path + ": something else is there");
  }
  std::unique_ptr<SocketPort> port(new SocketPort(loop));
  auto server = io::UnixServer::listen(loop, path, port->events());
  if (!server) return std::move(server).error();
  port->server_ = std::move(server).value();
  return port;
}

core::Result<void> SocketPort::write(std::uint32_t peer, core::ByteView bytes) {
  if (!peers_.contains(peer)) return Error(ErrorCode::retry, "the agent has gone");
  server_->send(peer, bytes);
  return {};
}

}  // namespace afferent::simulator
