#include "agent/io/signals.h"

#include <sys/signalfd.h>

#include <cerrno>
#include <utility>

#include "agent/io/errno_text.h"

namespace afferent::io {

Signals::Signals(Loop& loop, std::function<void(int)> arrived) : loop_(loop), arrived_(std::move(arrived)) {
  ::pthread_sigmask(SIG_SETMASK, nullptr, &before_);
}

core::Result<std::unique_ptr<Signals>> Signals::create(Loop& loop, std::initializer_list<int> signals,
                                                       std::function<void(int)> arrived) {
  std::unique_ptr<Signals> made(new Signals(loop, std::move(arrived)));
  sigset_t mask;
  ::sigemptyset(&mask);
  for (const int signal : signals) ::sigaddset(&mask, signal);
  ::pthread_sigmask(SIG_BLOCK, &mask, nullptr);
  made->fd_ = UniqueFd(::signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!made->fd_) return system_error(core::ErrorCode::full, "create a signal descriptor", errno);
  auto added =
      loop.add(made->fd_.get(), EPOLLIN, [self = made.get()](std::uint32_t, const core::Stamp&) { self->ready(); });
  if (!added) return std::move(added).error();
  return made;
}

Signals::~Signals() {
  if (fd_) loop_.remove(fd_.get());
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void Signals::ready() {
  signalfd_siginfo info{};
  if (::read(fd_.get(), &info, sizeof info) != static_cast<ssize_t>(sizeof info)) return;
  arrived_(static_cast<int>(info.ssi_signo));
}

}  // namespace afferent::io
