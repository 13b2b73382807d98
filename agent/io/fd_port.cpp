#include "agent/io/fd_port.h"

#include <fcntl.h>

#include <utility>

namespace afferent::io {

FdPort::FdPort(Loop& loop, UniqueFd fd, Medium medium)
    : loop_(loop), fd_(std::move(fd)), medium_(medium), stream_(loop, *this) {}

void FdPort::start(core::PortListener& listener) {
  listener_ = &listener;
  const int flags = ::fcntl(fd_.get(), F_GETFL);
  ::fcntl(fd_.get(), F_SETFL, flags | O_NONBLOCK);
  if (auto opened = stream_.open(std::move(fd_)); !opened) {
    return listener.port_closed(0, loop_.now(), opened.error().message());
  }
  listener.port_opened(0, loop_.now());
}

}  // namespace afferent::io
