#include "agent/config/given_file.h"

#include <sys/stat.h>

#include <cerrno>
#include <system_error>

#include "agent/config/files.h"

namespace afferent::config {
namespace {

std::string octal(mode_t mode) {
  std::string digits = "0";
  for (const unsigned shift : {6u, 3u, 0u}) digits += static_cast<char>('0' + ((mode >> shift) & 7u));
  return digits;
}

std::string look(Loading& loading, const core::ConfigNode& node, const std::string& key, mode_t& mode) {
  if (node.empty()) return {};
  std::string path = resolved(std::string(node.text()), node.source().file);
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) {
    const std::string reason = std::error_code(errno, std::generic_category()).message();
    loading.problem(node, key, in_quotes(path) + " cannot be read: " + reason);
  } else if (!S_ISREG(status.st_mode)) {
    loading.problem(node, key, in_quotes(path) + " is not a regular file");
  }
  mode = status.st_mode;
  return path;
}

}  // namespace

std::string existing_file(Loading& loading, const core::ConfigNode& node, const std::string& key) {
  mode_t mode = 0;
  return look(loading, node, key, mode);
}

std::string secret_file(Loading& loading, const core::ConfigNode& node, const std::string& key) {
  mode_t mode = 0;
  std::string path = look(loading, node, key, mode);
  if ((mode & 07u) != 0) {
    loading.problem(node, key,
                    in_quotes(path) + " can be used by everybody (mode " + octal(mode) +
                        "); allowed: no rights for others, e.g. 0600 or 0640");
  }
  return path;
}

}  // namespace afferent::config
