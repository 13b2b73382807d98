#include "agent/config/secrets.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace afferent::config {
namespace {

core::Error wrong(std::string message) { return {core::ErrorCode::bad_config, std::move(message)}; }

core::Error failed(const char* what) { return wrong(std::string(what) + ": " + std::strerror(errno)); }

// On the open file, so that it cannot be another one by the time it is read.
core::Result<void> check_file(int fd, bool secret) {
  struct stat facts = {};
  if (::fstat(fd, &facts) != 0) return failed("cannot be examined");
  if (!S_ISREG(facts.st_mode)) return wrong("is not a regular file");
  if (secret && (facts.st_mode & 077U) != 0) {
    std::array<char, 8> mode{};
    std::snprintf(mode.data(), mode.size(), "%04o", static_cast<unsigned>(facts.st_mode & 07777U));
    return wrong("has mode " + std::string(mode.data()) + ", so others than its owner may use it; expected 0600");
  }
  return {};
}

core::Result<std::string> read_all(int fd) {
  std::string text;
  std::array<char, 16384> part{};
  for (;;) {
    const ssize_t count = ::read(fd, part.data(), part.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed("cannot be read");
    if (count == 0) return text;
    text.append(part.data(), static_cast<std::size_t>(count));
    if (text.size() > Secrets::kLargest) return wrong("is larger than 4 MB");
  }
}

core::Result<std::string> read_file(const std::string& path, bool secret) {
  // A pipe must not hold us up.
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return errno == ENOENT ? wrong("there is no such file") : failed("cannot be opened");
  const core::Result<void> fit = check_file(fd, secret);
  core::Result<std::string> text = fit ? read_all(fd) : core::Result<std::string>(fit.error());
  ::close(fd);
  return text;
}

}  // namespace

core::Result<core::Contents> Secrets::read_open(const std::string& path) {
  if (const auto known = open_.find(path); known != open_.end()) return known->second;
  core::Result<std::string> text = read_file(path, false);
  if (!text) return std::move(text).error();
  const core::Contents contents{std::make_shared<const std::string>(std::move(*text)), path};
  open_.emplace(path, contents);
  return contents;
}

core::Result<core::Secret> Secrets::read(const std::string& path) {
  if (const auto known = known_.find(path); known != known_.end()) return known->second;
  core::Result<std::string> text = read_file(path, true);
  if (!text) return std::move(text).error();
  const core::Secret secret{std::make_shared<const std::string>(std::move(*text))};
  known_.emplace(path, secret);
  return secret;
}

}  // namespace afferent::config
