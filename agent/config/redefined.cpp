#include "agent/config/redefined.h"

#include <vector>

namespace afferent::config {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") + 1 - begin);
}

bool is_header(std::string_view line) { return line.starts_with('['); }

// What a line defines: "[mqtt]" or "window"; empty for any other line.
std::string_view subject(std::string_view line) {
  line = trimmed(line);
  if (is_header(line)) return line.substr(0, line.rfind(']', line.find('#')) + 1);
  const std::size_t equals = line.find('=');
  return equals == std::string_view::npos ? std::string_view() : trimmed(line.substr(0, equals));
}

// The first `count` lines.
std::vector<std::string_view> lines_of(std::string_view text, std::uint32_t count) {
  std::vector<std::string_view> lines;
  while (lines.size() < count && !text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

}  // namespace

std::uint32_t first_definition(std::string_view toml, std::uint32_t line) {
  const std::vector<std::string_view> lines = lines_of(toml, line);
  if (line == 0 || lines.size() < line) return 0;
  const std::string_view sought = subject(lines[line - 1]);
  if (sought.empty()) return 0;
  for (std::uint32_t at = line - 1; at > 0; --at) {
    const std::string_view found = subject(lines[at - 1]);
    if (found == sought) return at;
    if (!is_header(sought) && is_header(found)) return 0;  // another table begins here
  }
  return 0;
}

}  // namespace afferent::config
