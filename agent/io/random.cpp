#include "agent/io/random.h"

#include <sys/random.h>

#include <cerrno>
#include <cstdlib>

namespace afferent::io {

std::uint64_t RandomDevice::next() {
  std::uint64_t value = 0;
  while (::getrandom(&value, sizeof value, 0) != static_cast<ssize_t>(sizeof value)) {
    // Identities that repeat would lose data silently; every kernel that we run on has the call.
    if (errno != EINTR) std::abort();
  }
  return value;
}

}  // namespace afferent::io
