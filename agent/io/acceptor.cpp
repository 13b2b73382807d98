#include "agent/io/acceptor.h"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace afferent::io {
namespace {

constexpr core::Nanos kPause = std::chrono::seconds(1);

}  // namespace

Acceptor::~Acceptor() {
  loop_.cancel(pause_);
  if (watched_) loop_.remove(fd_.get());
}

core::Result<void> Acceptor::start(UniqueFd fd) {
  fd_ = std::move(fd);
  return watch();
}

core::Result<void> Acceptor::watch() {
  auto added = loop_.add(fd_.get(), EPOLLIN, [this](std::uint32_t, const core::Stamp& at) { accept(at); });
  watched_ = added.ok();
  return added;
}

void Acceptor::accept(const core::Stamp& at) {
  UniqueFd fd(::accept4(fd_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (fd) return accepted_(std::move(fd), at);
  if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) rest();
}

// Who waits to be taken would wake us again at once.
void Acceptor::rest() {
  if (std::exchange(watched_, false)) loop_.remove(fd_.get());
  pause_ = loop_.at(loop_.now().boot + kPause, [this] {
    pause_ = 0;
    if (!watch()) rest();
  });
}

}  // namespace afferent::io
