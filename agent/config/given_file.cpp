#include "agent/config/given_file.h"

#include <sys/stat.h>

#include <cerrno>
#include <fstream>
#include <optional>
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

constexpr std::size_t kLooked = 1 << 20;  // bytes

// Nothing where it cannot be opened: the agent may be allowed to, though who checks is not.
std::optional<std::string> beginning_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::string text(kLooked, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

// "-----BEGIN <...what>-----", base64, "-----END". RFC 7468.
bool is_pem(std::string_view text, std::string_view what) {
  constexpr std::string_view kBegin = "-----BEGIN ";
  constexpr std::string_view kDashes = "-----";
  for (std::size_t at = text.find(kBegin); at != text.npos; at = text.find(kBegin, at + 1)) {
    const std::string_view rest = text.substr(at + kBegin.size());
    const std::string_view label = rest.substr(0, rest.find(kDashes));
    const std::size_t end = rest.find("-----END " + std::string(label) + "-----");
    if (label.ends_with(what) && end != rest.npos && end > label.size() + 64) return true;
  }
  return false;
}

bool is_regular(mode_t mode) { return S_ISREG(mode); }

}  // namespace

std::string secret_file(Loading& loading, const core::ConfigNode& node, const std::string& key) {
  mode_t mode = 0;
  std::string path = look(loading, node, key, mode);
  if ((mode & 07u) != 0) {
    loading.problem(node, key,
                    in_quotes(path) + " can be used by everybody (mode " + octal(mode) +
                        "); allowed: no rights for others, e.g. 0600 or 0640");
  }
  if (const auto text = is_regular(mode) ? beginning_of(path) : std::nullopt) {
    const std::string_view line = std::string_view(*text).substr(0, text->find_first_of("\r\n"));
    if (line.empty()) loading.problem(node, key, in_quotes(path) + " has no password; expected it in the first line");
  }
  return path;
}

std::string pem_file(Loading& loading, const core::ConfigNode& node, const std::string& key, std::string_view what) {
  mode_t mode = 0;
  std::string path = look(loading, node, key, mode);
  const auto text = is_regular(mode) ? beginning_of(path) : std::nullopt;
  if (text && !is_pem(*text, what)) {
    const std::string name(what);
    loading.problem(node, key,
                    in_quotes(path) + " is no PEM file; expected -----BEGIN " + name + "-----, base64 and -----END " +
                        name + "-----");
  }
  return path;
}

}  // namespace afferent::config
