#include "tools/cli/hex_input.h"

#include <fmt/core.h>

#include <algorithm>
#include <iostream>

namespace afferent::cli {
namespace {

constexpr std::string_view kBlanks = " \t\r\n\f\v";
constexpr std::string_view kSeparators = " \t\r\n\f\v:-,";

bool append(std::string_view word, core::Bytes& bytes) {
  if (word.starts_with("0x") || word.starts_with("0X")) word.remove_prefix(2);
  const auto read = core::from_hex(word);
  if (!read || word.empty()) return false;
  bytes.insert(bytes.end(), read->begin(), read->end());
  return true;
}

bool append_line(std::string_view line, core::Bytes& bytes) {
  line = line.substr(0, line.find('#'));
  while (true) {
    line.remove_prefix(std::min(line.find_first_not_of(kSeparators), line.size()));
    if (line.empty()) return true;
    const std::string_view word = line.substr(0, line.find_first_of(kSeparators));
    if (!append(word, bytes)) return false;
    line.remove_prefix(word.size());
  }
}

}  // namespace

std::optional<core::Bytes> read_hex(std::string_view text) {
  core::Bytes bytes;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (!append_line(text.substr(0, end), bytes)) return std::nullopt;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return bytes;
}

std::string_view without_comment(std::string_view text) {
  text = text.substr(0, text.find('#'));
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

void for_each_line(const std::vector<std::string>& arguments, std::string_view command,
                   const std::function<void(const std::string&)>& call) {
  for (const std::string& argument : arguments) {
    if (argument != "-") {
      call(argument);
      continue;
    }
    bool any = false;
    for (std::string line; std::getline(std::cin, line);) {
      while (line.ends_with('\r')) line.pop_back();
      if (without_comment(line).empty()) continue;
      any = true;
      call(line);
    }
    if (!any) fmt::print(stderr, "afferent {}: standard input holds nothing\n", command);
  }
}

}  // namespace afferent::cli
