#include "agent/config/nesting.h"

#include <algorithm>

namespace afferent::config {
namespace {

// The end of the string or comment that begins at `at`; `at` itself when none does. A string that is not closed ends
// with its line, or with the text if it is one of several lines: the parser then complains about it.
std::size_t skip(std::string_view toml, std::size_t at) {
  const char c = toml[at];
  if (c == '#') return std::min(toml.find('\n', at), toml.size());
  if (c != '"' && c != '\'') return at;
  const bool several_lines = toml.substr(at, 3) == std::string_view(c == '"' ? "\"\"\"" : "'''");
  const std::size_t quotes = several_lines ? 3 : 1;
  for (std::size_t i = at + quotes; i < toml.size(); ++i) {
    if (toml[i] == '\\' && c == '"') {
      ++i;
    } else if (toml[i] == '\n' && !several_lines) {
      return i;
    } else if (toml.substr(i, quotes) == toml.substr(at, quotes)) {
      return i + quotes;
    }
  }
  return toml.size();
}

}  // namespace

std::optional<std::uint32_t> overlong_key(std::string_view toml) {
  std::uint32_t line = 1;
  std::size_t dots = 0;
  for (std::size_t at = 0; at < toml.size();) {
    if (const std::size_t end = skip(toml, at); end != at) {
      const std::string_view skipped = toml.substr(at, end - at);
      line += static_cast<std::uint32_t>(std::count(skipped.begin(), skipped.end(), '\n'));
      at = end;
      continue;
    }
    const char c = toml[at++];
    if (c == '\n') ++line;
    if (c == '.' && ++dots >= kMostKeyParts) return line;
    if (std::string_view("=[]{},\n").find(c) != std::string_view::npos) dots = 0;
  }
  return std::nullopt;
}

}  // namespace afferent::config
