#include "agent/io/unix_server.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>

#include "agent/core/path_error.h"
#include "agent/io/errno_text.h"

namespace afferent::io {

using core::Error;
using core::ErrorCode;

class UnixServer::Client final : public StreamOwner {
 public:
  Client(UnixServer& server, std::uint32_t peer)
      : stream(server.loop_, *this, kLongestReply), server_(server), peer_(peer) {}

  void stream_received(const core::Stamp& /*at*/, core::ByteView bytes) override {
    server_.listener_.received(peer_, bytes);
  }
  void stream_failed(const core::Stamp& /*at*/, std::string_view /*why*/) override {
    server_.listener_.gone(peer_);
    server_.close(peer_);
  }

  Stream stream;

 private:
  UnixServer& server_;
  const std::uint32_t peer_;
};

UnixServer::UnixServer(Loop& loop, std::string path, Listener listener)
    : loop_(loop),
      path_(std::move(path)),
      listener_(std::move(listener)),
      acceptor_(loop, [this](UniqueFd fd, const core::Stamp&) { adopt(std::move(fd)); }) {}

UnixServer::~UnixServer() {
  if (bound_) ::unlink(path_.c_str());
}

core::Result<std::unique_ptr<UnixServer>> UnixServer::listen(Loop& loop, std::string path, Listener listener) {
  std::unique_ptr<UnixServer> server(new UnixServer(loop, std::move(path), std::move(listener)));
  if (auto opened = server->open(); !opened) return std::move(opened).error().in("socket " + server->path_);
  return server;
}

core::Result<void> UnixServer::open() {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path_.size() >= sizeof address.sun_path) return Error(ErrorCode::bad_config, "the path is longer than 107 bytes");
  path_.copy(address.sun_path, path_.size());
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return Error(ErrorCode::retry, errno_text(errno));
  if (struct stat there{}; ::lstat(path_.c_str(), &there) == 0 && !S_ISSOCK(there.st_mode)) {
    return Error(ErrorCode::bad_config, "there is something else than a socket at this path; it is left alone");
  }
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    return Error(ErrorCode::bad_config, "somebody listens there already; each agent needs a path of its own");
  }
  ::unlink(path_.c_str());
  const mode_t before = ::umask(0117);
  const int bound = ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  const int why = errno;
  ::umask(before);
  if (bound != 0) return Error(core::path_error(why), errno_text(why));
  bound_ = true;
  if (::listen(fd.get(), 8) != 0) return Error(ErrorCode::retry, errno_text(errno));
  return acceptor_.start(std::move(fd));
}

void UnixServer::adopt(UniqueFd fd) {
  if (clients_.size() >= kMostClients) return;
  const std::uint32_t peer = ++last_peer_;
  auto client = std::make_unique<Client>(*this, peer);
  if (!client->stream.open(std::move(fd))) return;
  clients_.emplace(peer, std::move(client));
  if (listener_.came) listener_.came(peer);
}

void UnixServer::send(std::uint32_t peer, core::ByteView bytes) {
  const auto client = clients_.find(peer);
  if (client == clients_.end()) return;
  if (!client->second->stream.write(bytes)) client->second->stream.fail("does not read");
}

void UnixServer::close(std::uint32_t peer) {
  loop_.post([this, peer, alive = std::weak_ptr(alive_)] {
    if (!alive.expired()) clients_.erase(peer);
  });
}

}  // namespace afferent::io
