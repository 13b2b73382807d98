#include "agent/core/csv.h"

#include <algorithm>

namespace afferent::core {
namespace {

constexpr std::string_view kBlanks = " \t\r";

// Takes a quoted cell off `rest`, up to the separator behind it.
std::string quoted(std::string_view& rest, char separator) {
  std::string cell;
  std::size_t at = 1;
  for (; at < rest.size(); ++at) {
    if (rest[at] != '"') {
      cell += rest[at];
    } else if (at + 1 < rest.size() && rest[at + 1] == '"') {
      cell += rest[at++];
    } else {
      break;
    }
  }
  rest.remove_prefix(std::min(rest.find(separator, std::min(at, rest.size())), rest.size()));
  return cell;
}

std::string plain(std::string_view& rest, char separator) {
  std::string_view cell = rest.substr(0, rest.find(separator));
  rest.remove_prefix(cell.size());
  const std::size_t last = cell.find_last_not_of(kBlanks);
  return std::string(cell.substr(0, last == std::string_view::npos ? 0 : last + 1));
}

}  // namespace

std::vector<std::string> csv_cells(std::string_view line, char separator) {
  const std::string_view blanks = separator == '\t' ? " \r" : kBlanks;
  std::vector<std::string> cells;
  for (;;) {
    line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
    cells.push_back(line.starts_with('"') ? quoted(line, separator) : plain(line, separator));
    if (line.empty()) return cells;
    line.remove_prefix(1);
  }
}

char csv_separator(std::string_view header) {
  for (const char separator : {',', ';', '\t'}) {
    if (header.find(separator) != std::string_view::npos) return separator;
  }
  return ',';
}

std::string_view take_line(std::string_view& rest) {
  std::string_view line = rest.substr(0, rest.find('\n'));
  rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string_view without_mark(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  return text;
}

}  // namespace afferent::core
