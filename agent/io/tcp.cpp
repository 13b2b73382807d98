#include "agent/io/tcp.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "agent/io/errno_text.h"

namespace afferent::io {
namespace {

using core::Error;
using core::ErrorCode;

constexpr core::Nanos kFirstPause = std::chrono::milliseconds(100);
constexpr core::Nanos kLongestPause = std::chrono::seconds(30);

int pending_error(int fd) {
  int code = 0;
  socklen_t length = sizeof code;
  return ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &length) == 0 ? code : errno;
}

// With nobody listening on a port of the ephemeral range, TCP may connect a socket to itself.
bool is_own_reflection(int fd) {
  const auto local = local_address(fd);
  const auto peer = peer_address(fd);
  return local && peer && local->length == peer->length &&
         std::memcmp(&local->storage, &peer->storage, local->length) == 0;
}

}  // namespace

TcpPort::TcpPort(Loop& loop, Helper& helper, core::Log& log, core::Random& random, TcpOptions options)
    : loop_(loop),
      helper_(helper),
      options_(std::move(options)),
      name_(options_.host + ":" + std::to_string(options_.port)),
      reporter_(log, "port " + options_.id),
      backoff_(kFirstPause, kLongestPause, &random),
      stream_(loop, *this) {}

TcpPort::~TcpPort() { end_attempt(); }

void TcpPort::start(core::PortListener& listener) {
  listener_ = &listener;
  attempt();
}

void TcpPort::attempt() {
  auto numeric = resolve(options_.host, options_.port, Lookup::numeric);
  if (numeric && !options_.host.empty()) return looked_up(std::move(numeric));
  helper_.run([host = options_.host, port = options_.port] { return resolve(host, port, Lookup::any); },
              [this, alive = std::weak_ptr(alive_)](core::Result<std::vector<Address>> found) {
                if (!alive.expired()) looked_up(std::move(found));
              });
}

void TcpPort::looked_up(core::Result<std::vector<Address>> addresses) {
  if (!addresses) return attempt_failed(addresses.error().message());
  addresses_ = std::move(addresses).value();
  next_address_ = 0;
  connect_next();
}

void TcpPort::connect_next() {
  const Address& address = addresses_[next_address_++];
  auto socket = open_socket(address.family());
  if (!socket) return attempt_failed(socket.error().message());
  connecting_ = std::move(socket).value();
  tune_socket(connecting_.get());
  if (::connect(connecting_.get(), address.get(), address.length) != 0 && errno != EINPROGRESS) {
    return attempt_failed(errno_text(errno));
  }
  // Writable is also what a socket is that was connected at once.
  auto added = loop_.add(connecting_.get(), EPOLLOUT, [this](std::uint32_t, const core::Stamp&) { connected(); });
  if (!added) return attempt_failed(added.error().message());
  timer_ = loop_.at(loop_.now().boot + options_.connect_timeout, [this] {
    timer_ = 0;
    attempt_failed("no answer to the connection request");
  });
}

void TcpPort::connected() {
  if (const int code = pending_error(connecting_.get()); code != 0) return attempt_failed(errno_text(code));
  if (is_own_reflection(connecting_.get())) return attempt_failed("nobody listens there");
  loop_.remove(connecting_.get());
  UniqueFd fd = std::move(connecting_);
  end_attempt();
  if (auto opened = stream_.open(std::move(fd)); !opened) return attempt_failed(opened.error().message());
  backoff_.opened(loop_.now().boot);
  reporter_.good("connected to " + name_);
  listener_->port_opened(0, loop_.now());
}

void TcpPort::attempt_failed(std::string_view why) {
  const std::string reason = "connect to " + name_ + ": " + std::string(why);
  end_attempt();
  if (next_address_ < addresses_.size()) return connect_next();
  reporter_.failed(reason);
  retry();
}

void TcpPort::end_attempt() {
  loop_.cancel(std::exchange(timer_, 0));
  if (connecting_) loop_.remove(connecting_.get());
  connecting_.reset();
}

void TcpPort::retry() {
  addresses_.clear();
  next_address_ = 0;
  timer_ = loop_.at(loop_.now().boot + backoff_.next(), [this] {
    timer_ = 0;
    attempt();
  });
}

core::Result<void> TcpPort::write(std::uint32_t /*peer*/, core::ByteView bytes) {
  auto written = stream_.write(bytes);
  if (!written) return std::move(written).error().in("port " + options_.id);
  return written;
}

void TcpPort::reopen(std::string_view why) { stream_.fail(why); }

void TcpPort::stream_received(const core::Stamp& at, core::ByteView bytes) { listener_->port_received(0, at, bytes); }

void TcpPort::stream_failed(const core::Stamp& at, std::string_view why) {
  backoff_.closed(at.boot);
  reporter_.failed(name_ + ": " + std::string(why));
  retry();
  listener_->port_closed(0, at, why);
}

}  // namespace afferent::io
