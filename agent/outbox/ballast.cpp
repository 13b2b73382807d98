#include "agent/outbox/ballast.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "agent/outbox/files.h"

namespace afferent::outbox {

bool Ballast::take() {
  if (held_) return true;
  const Descriptor file(::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  int failure = file.valid() ? 0 : errno;
  if (failure == 0 && bytes_ != 0) failure = ::posix_fallocate(file.number(), 0, static_cast<off_t>(bytes_));
  held_ = failure != ENOSPC && failure != EDQUOT;
  if (failure != 0 || bytes_ == 0) ::unlink(path_.c_str());
  return held_;
}

void Ballast::release() {
  ::unlink(path_.c_str());
  held_ = false;
}

}  // namespace afferent::outbox
