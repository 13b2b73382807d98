#include "agent/outbox/lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include "agent/core/path_error.h"

namespace afferent::outbox {
namespace {

std::string holder_named_in(const std::string& path) {
  std::string pid = read_small_file(path);
  while (!pid.empty() && pid.back() == '\n') pid.pop_back();
  const bool number = !pid.empty() && pid.find_first_not_of("0123456789") == std::string::npos;
  return number ? "process " + pid : "another process";
}

}  // namespace

core::Result<StoreLock> StoreLock::take(const std::string& store_path) {
  const std::string path = store_path + ".lock";
  Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!file.valid()) return system_error(path, core::path_error(errno));
  if (::flock(file.number(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return system_error(path, core::ErrorCode::retry);
    return core::Error(core::ErrorCode::bad_config, store_path + ": already used by " + holder_named_in(path));
  }
  // The number only helps a person: on a full disk the lock holds without it.
  const std::string pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(file.number(), 0) == 0) {
    [[maybe_unused]] const ssize_t written = ::write(file.number(), pid.data(), pid.size());
  }
  return StoreLock(std::move(file));
}

}  // namespace afferent::outbox
