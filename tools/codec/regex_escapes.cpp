#include "tools/codec/regex_escapes.h"

namespace afferent::codec_host {
namespace {

constexpr unsigned kLastOctal = 0377;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::size_t groups_in(std::string_view regex) {
  std::size_t groups = 0;
  bool in_class = false;
  for (std::size_t i = 0; i < regex.size(); ++i) {
    if (regex[i] == '\\') {
      ++i;
    } else if (regex[i] == '[') {
      in_class = true;
    } else if (regex[i] == ']') {
      in_class = false;
    } else if (regex[i] == '(' && !in_class && !regex.substr(i + 1).starts_with('?')) {
      ++groups;
    }
  }
  return groups;
}

OldEscape old_escape(std::string_view rest, bool in_class, std::size_t groups) {
  if (rest.size() < 2 || rest[0] != '\\' || !is_digit(rest[1])) return {};
  if (rest[1] == '0' && (rest.size() < 3 || !is_digit(rest[2]))) return {};
  std::size_t number = 0;
  for (std::size_t i = 1; i < rest.size() && is_digit(rest[i]) && number <= groups; ++i)
    number = number * 10 + static_cast<std::size_t>(rest[i] - '0');
  if (!in_class && rest[1] != '0' && number <= groups) return {};
  if (rest[1] >= '8') return {2, std::string(1, rest[1])};
  unsigned value = 0;
  std::size_t length = 1;
  while (length < 4 && length < rest.size() && rest[length] >= '0' && rest[length] <= '7') {
    const unsigned more = value * 8 + static_cast<unsigned>(rest[length] - '0');
    if (more > kLastOctal) break;
    value = more;
    ++length;
  }
  constexpr std::string_view kDigits = "0123456789abcdef";
  return {length, {'\\', 'x', kDigits[value >> 4], kDigits[value & 0xF]}};
}

}  // namespace afferent::codec_host
