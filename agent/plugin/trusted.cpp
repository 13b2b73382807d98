#include "agent/plugin/trusted.h"

#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

namespace afferent::plugin {
namespace {

using core::Error;
using core::ErrorCode;

Error refused(const std::string& why) { return {ErrorCode::bad_config, why}; }

Error unreadable() { return refused("cannot be read: " + std::error_code(errno, std::generic_category()).message()); }

std::string octal(mode_t mode) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%04o", static_cast<unsigned>(mode & 07777u));
  return text.data();
}

// `what` begins the message: "" for the file itself.
core::Result<void> only_root_changes(const struct stat& status, const std::string& what) {
  if (status.st_uid != 0) {
    return refused(what + "belongs to user " + std::to_string(status.st_uid) + "; a driver must belong to root");
  }
  const bool sticky_folder = S_ISDIR(status.st_mode) && (status.st_mode & S_ISVTX) != 0;
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0 && !sticky_folder) {
    return refused(what + "can be changed by others than root (mode " + octal(status.st_mode) +
                   "); allowed: no right to write for group and others, e.g. " +
                   (S_ISDIR(status.st_mode) ? "0755" : "0644"));
  }
  return {};
}

}  // namespace

core::Result<std::string> trusted_file(const std::string& path) {
  std::error_code error;
  const std::filesystem::path real = std::filesystem::canonical(path, error);
  if (error) return refused("cannot be read: " + error.message());
  struct stat status{};
  if (::stat(real.c_str(), &status) != 0) return unreadable();
  if (!S_ISREG(status.st_mode)) return refused("is not a regular file");
  if (auto good = only_root_changes(status, ""); !good) return std::move(good).error();
  for (std::filesystem::path folder = real.parent_path();; folder = folder.parent_path()) {
    if (::stat(folder.c_str(), &status) != 0) return unreadable();
    if (auto good = only_root_changes(status, "its folder " + folder.string() + " "); !good)
      return std::move(good).error();
    if (folder == folder.root_path()) return real.string();
  }
}

}  // namespace afferent::plugin
