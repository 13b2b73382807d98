#include "agent/io/stream.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <utility>

#include "agent/io/errno_text.h"

namespace afferent::io {
namespace {

using core::Error;
using core::ErrorCode;

constexpr std::string_view kEnded = "closed by the other end";

bool is_socket(int fd) {
  struct stat info{};
  return ::fstat(fd, &info) == 0 && S_ISSOCK(info.st_mode);
}

bool is_temporary(int code) { return code == EAGAIN || code == EWOULDBLOCK || code == EINTR; }

}  // namespace

core::Result<void> Stream::open(UniqueFd fd) {
  close();
  auto added = loop_.add(fd.get(), EPOLLIN, [this](std::uint32_t events, const core::Stamp& at) { ready(events, at); });
  if (!added) return added;
  socket_ = is_socket(fd.get());
  fd_ = std::move(fd);
  return {};
}

void Stream::close() {
  loop_.cancel(std::exchange(failure_, 0));
  if (fd_) loop_.remove(fd_.get());
  fd_.reset();
  queue_ = {};
  sent_ = 0;
  output_watched_ = false;
}

void Stream::fail(std::string_view why) {
  if (!fd_) return;
  close();
  failure_ = loop_.at(loop_.now().boot, [this, reason = std::string(why)] {
    failure_ = 0;
    owner_.stream_failed(loop_.now(), reason);
  });
}

core::Result<void> Stream::write(core::ByteView bytes) {
  if (!fd_) return Error(ErrorCode::retry, "not open");
  if (bytes.size() > queue_limit_ - waiting()) {
    return Error(ErrorCode::full, "the other end does not take what is sent: " + std::to_string(waiting()) + " of " +
                                      std::to_string(queue_limit_) + " bytes wait");
  }
  if (waiting() == 0) {
    const ssize_t sent = send(bytes);
    if (sent < 0 && !is_temporary(errno)) {
      const std::string why = errno_text(errno);
      fail(why);
      return Error(ErrorCode::retry, why);
    }
    if (sent > 0) bytes = bytes.subspan(static_cast<std::size_t>(sent));
  }
  if (bytes.empty()) return {};
  queue_.insert(queue_.end(), bytes.begin(), bytes.end());
  watch_output(true);
  return {};
}

ssize_t Stream::send(core::ByteView bytes) const {
  if (bytes.empty()) return 0;
  return socket_ ? ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL)
                 : ::write(fd_.get(), bytes.data(), bytes.size());
}

void Stream::watch_output(bool on) {
  if (on == output_watched_) return;
  output_watched_ = on;
  // A descriptor that is watched can be modified; there is no other failure.
  [[maybe_unused]] const auto modified = loop_.modify(fd_.get(), on ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

void Stream::ready(std::uint32_t events, const core::Stamp& at) {
  if ((events & EPOLLOUT) != 0 && !flush(at)) return;
  if ((events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0) receive(events, at);
}

void Stream::receive(std::uint32_t events, const core::Stamp& at) {
  std::array<std::uint8_t, kReadSize> buffer;
  const ssize_t count = ::read(fd_.get(), buffer.data(), buffer.size());
  if (count > 0) {
    owner_.stream_received(at, {buffer.data(), static_cast<std::size_t>(count)});
    return;
  }
  if (count < 0 && is_temporary(errno) && (events & (EPOLLHUP | EPOLLERR)) == 0) return;
  const std::string why = count == 0 || is_temporary(errno) ? std::string(kEnded) : errno_text(errno);
  close();
  owner_.stream_failed(at, why);
}

bool Stream::flush(const core::Stamp& at) {
  const ssize_t sent = send(core::ByteView(queue_).subspan(sent_));
  if (sent < 0 && !is_temporary(errno)) {
    const std::string why = errno_text(errno);
    close();
    owner_.stream_failed(at, why);
    return false;
  }
  if (sent > 0) sent_ += static_cast<std::size_t>(sent);
  if (waiting() == 0) {
    queue_.clear();
    sent_ = 0;
    watch_output(false);
  } else if (sent_ > queue_limit_ / 2) {
    queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(sent_));
    sent_ = 0;
  }
  return true;
}

}  // namespace afferent::io
