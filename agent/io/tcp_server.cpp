#include "agent/io/tcp_server.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include "agent/io/errno_text.h"

namespace afferent::io {
namespace {

using core::Error;
using core::ErrorCode;

constexpr int kBacklog = 64;

}  // namespace

class TcpServer::Peer final : public StreamOwner {
 public:
  Peer(TcpServer& server, std::uint32_t number) : server_(server), number_(number), stream_(server.loop_, *this) {}
  ~Peer() override { server_.loop_.cancel(timer_); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  Stream& stream() { return stream_; }
  core::Result<void> open(UniqueFd fd, const core::Stamp& at) {
    heard_ = at.boot;
    if (server_.options_.idle > core::Nanos::zero()) watch();
    return stream_.open(std::move(fd));
  }
  void stream_received(const core::Stamp& at, core::ByteView bytes) override {
    heard_ = at.boot;
    server_.listener_->port_received(number_, at, bytes);
  }
  void stream_failed(const core::Stamp& at, std::string_view why) override { server_.forget(number_, at, why); }
  core::Nanos heard() const { return heard_; }

 private:
  void watch() {
    timer_ = server_.loop_.at(heard_ + server_.options_.idle, [this] {
      timer_ = 0;
      if (heard_ + server_.options_.idle > server_.loop_.now().boot) return watch();
      stream_.fail("said nothing for too long");
    });
  }

  TcpServer& server_;
  const std::uint32_t number_;
  Stream stream_;
  core::Nanos heard_{};  // boot time of its last word
  Loop::Handle timer_ = 0;
};

TcpServer::TcpServer(Loop& loop, TcpServerOptions options)
    : loop_(loop),
      options_(std::move(options)),
      acceptor_(loop, [this](UniqueFd fd, const core::Stamp& at) { adopt(std::move(fd), at); }) {}

TcpServer::~TcpServer() = default;

core::Result<std::unique_ptr<TcpServer>> TcpServer::listen(Loop& loop, TcpServerOptions options) {
  const std::string context = "port " + options.id + ": listen on " + options.host + ":" + std::to_string(options.port);
  auto addresses = resolve(options.host, options.port, Lookup::any);
  if (!addresses) return std::move(addresses).error().in(context);
  std::unique_ptr<TcpServer> server(new TcpServer(loop, std::move(options)));
  core::Result<void> bound = Error(ErrorCode::not_found, "no such local address");
  for (const Address& address : *addresses) {
    bound = server->bind(address);
    if (bound) return server;
  }
  return std::move(bound).error().in(context);
}

core::Result<void> TcpServer::bind(const Address& address) {
  auto socket = open_socket(address.family());
  if (!socket) return std::move(socket).error();
  const int on = 1;  // a port of a connection that has just ended may be taken again
  ::setsockopt(socket->get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(socket->get(), address.get(), address.length) != 0 || ::listen(socket->get(), kBacklog) != 0) {
    return Error(errno == EADDRINUSE ? ErrorCode::retry : ErrorCode::bad_config, errno_text(errno));
  }
  auto local = local_address(socket->get());
  if (!local) return std::move(local).error();
  local_port_ = port_of(*local);
  fd_ = std::move(socket).value();
  return {};
}

void TcpServer::start(core::PortListener& listener) {
  listener_ = &listener;
  static_cast<void>(acceptor_.start(std::move(fd_)));  // is_open() tells
}

bool TcpServer::make_room(const core::Stamp& at) {
  if (peers_.size() < options_.most_peers) return true;
  const auto dullest = std::min_element(peers_.begin(), peers_.end(), [](const auto& left, const auto& right) {
    return left.second->heard() < right.second->heard();
  });
  if (dullest == peers_.end() || at.boot - dullest->second->heard() < options_.dull) return false;
  dullest->second->stream().fail("said nothing for longest; another one calls and all places are taken");
  return true;
}

void TcpServer::adopt(UniqueFd fd, const core::Stamp& at) {
  if (!make_room(at)) {
    if (options_.sent_away) options_.sent_away();
    return;
  }
  tune_socket(fd.get());
  const std::uint32_t number = ++last_peer_;
  auto peer = std::make_unique<Peer>(*this, number);
  if (!peer->open(std::move(fd), at)) return;
  peers_.emplace(number, std::move(peer));
  listener_->port_opened(number, at);
}

core::Result<void> TcpServer::write(std::uint32_t peer, core::ByteView bytes) {
  const auto found = peers_.find(peer);
  auto written = found == peers_.end() ? Error(ErrorCode::retry, "peer " + std::to_string(peer) + " is gone")
                                       : found->second->stream().write(bytes);
  if (!written) return std::move(written).error().in("port " + options_.id);
  return written;
}

void TcpServer::reopen(std::string_view why) {
  for (auto& [number, peer] : peers_) peer->stream().fail(why);
}

void TcpServer::drop(std::uint32_t peer, std::string_view why) {
  if (const auto found = peers_.find(peer); found != peers_.end()) found->second->stream().fail(why);
}

void TcpServer::forget(std::uint32_t peer, const core::Stamp& at, std::string_view why) {
  const std::string reason(why);  // may live in the peer
  peers_.erase(peer);
  listener_->port_closed(peer, at, reason);
}

}  // namespace afferent::io
