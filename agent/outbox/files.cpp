#include "agent/outbox/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <limits>
#include <system_error>

namespace afferent::outbox {
namespace {

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

core::Error system_error(std::string_view what, core::ErrorCode otherwise) {
  const int number = errno;
  const bool full = number == ENOSPC || number == EDQUOT;
  return {full ? core::ErrorCode::full : otherwise,
          std::string(what) + ": " + std::error_code(number, std::generic_category()).message()};
}

core::Result<void> sync_folder_of(const std::string& path) {
  const std::string folder = folder_of(path);
  const Descriptor file(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!file.valid()) return system_error(folder, core::ErrorCode::retry);
  // Some file systems cannot sync a folder and say so; their names need no sync.
  if (::fsync(file.number()) != 0 && errno != EINVAL && errno != ENOTSUP) {
    return system_error(folder, core::ErrorCode::retry);
  }
  return {};
}

bool exists(const std::string& path) {
  struct stat facts{};
  return ::lstat(path.c_str(), &facts) == 0;
}

std::string real_path_of(const std::string& path) {
  namespace fs = std::filesystem;
  constexpr int kMostLinks = 40;  // as many as the kernel follows
  std::error_code error;
  fs::path at(path);
  for (int links = 0; links < kMostLinks && fs::is_symlink(at, error); ++links) {
    // A link's target is relative to the link's folder.
    const fs::path target = fs::read_symlink(at, error);
    if (error) return path;
    at = at.parent_path() / target;
  }
  const fs::path folder = fs::canonical(at.has_parent_path() ? at.parent_path() : fs::path("."), error);
  return error ? path : (folder / at.filename()).string();
}

std::uint64_t size_of(const std::string& path) {
  struct stat facts{};
  return ::stat(path.c_str(), &facts) == 0 ? static_cast<std::uint64_t>(facts.st_size) : 0;
}

std::uint64_t free_bytes_beside(const std::string& path) {
  struct statvfs facts{};
  if (::statvfs(folder_of(path).c_str(), &facts) != 0) return std::numeric_limits<std::uint64_t>::max();
  return static_cast<std::uint64_t>(facts.f_bavail) * facts.f_frsize;
}

std::string read_small_file(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 4096> buffer{};
  const ssize_t size = file.valid() ? ::read(file.number(), buffer.data(), buffer.size()) : 0;
  return size > 0 ? std::string(buffer.data(), static_cast<std::size_t>(size)) : std::string();
}

core::Result<void> write_small_file(const std::string& path, std::string_view content) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!file.valid() || ::write(file.number(), content.data(), content.size()) != static_cast<ssize_t>(content.size()) ||
      ::fsync(file.number()) != 0) {
    return system_error(path, core::ErrorCode::retry);
  }
  return sync_folder_of(path);
}

}  // namespace afferent::outbox
