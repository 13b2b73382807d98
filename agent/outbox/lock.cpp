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

std::string name_of(pid_t process) {
  // Of another container the number is not told.
  return process > 0 ? "process " + std::to_string(process) : "another process";
}

// Who has the store open to write, under whatever name; empty: nobody. Only for a file that this process has not open:
// closing it would release the locks that SQLite has on it.
std::string writer_of(const std::string& store_path) {
  const Descriptor file(::open(store_path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct flock lock{};
  lock.l_type = F_RDLCK;
  lock.l_whence = SEEK_SET;
  if (!file.valid() || ::fcntl(file.number(), F_GETLK, &lock) != 0 || lock.l_type == F_UNLCK) return {};
  return name_of(lock.l_pid);
}

core::Error in_use(const std::string& store_path, const std::string& by) {
  return {core::ErrorCode::bad_config, store_path + ": already used by " + by};
}

}  // namespace

core::Result<StoreLock> StoreLock::take(const std::string& store_path) {
  const std::string store = real_path_of(store_path);
  const std::string path = store + ".lock";
  Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!file.valid() && errno == ENOENT) {
    return core::Error(core::ErrorCode::bad_config, store_path + ": there is no such folder; make it for the agent");
  }
  if (!file.valid()) return system_error(path, core::path_error(errno));
  if (::flock(file.number(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return system_error(path, core::ErrorCode::retry);
    return in_use(store_path, holder_named_in(path));
  }
  if (const std::string writer = writer_of(store); !writer.empty()) return in_use(store_path, writer);
  // The number only helps a person: on a full disk the lock holds without it.
  const std::string pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(file.number(), 0) == 0) {
    [[maybe_unused]] const ssize_t written = ::write(file.number(), pid.data(), pid.size());
  }
  return StoreLock(std::move(file));
}

}  // namespace afferent::outbox
