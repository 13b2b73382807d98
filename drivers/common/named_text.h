// Lines "name=value #number @seconds" of text: how GPIO lines and attributes of a device folder are written by hand,
// for `afferent decode` and for tables of examples. Pure functions.
#pragma once

#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>

namespace afferent::drivers {

struct NamedText {
  std::string_view name;
  std::string_view value;
  std::optional<std::uint64_t> count;  // "#7": number of an edge on its line
  std::optional<double> seconds;       // "@12.5": when, counted from anywhere
};

// The whole of `text` as a finite number.
template <class Number>
std::optional<Number> number_in(std::string_view text) {
  Number number{};
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (!std::isfinite(static_cast<double>(number))) return std::nullopt;
  return number;
}

inline std::string_view without_blanks(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// Takes the next line off `rest`; blank ones are skipped by the caller.
inline std::string_view next_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  const std::string_view line = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return without_blanks(line);
}

// Nothing for a line that is not of this form.
inline std::optional<NamedText> named_text(std::string_view line) {
  NamedText text;
  const auto equals = line.find('=');
  if (equals == std::string_view::npos || equals == 0) return std::nullopt;
  text.name = without_blanks(line.substr(0, equals));
  std::string_view rest = without_blanks(line.substr(equals + 1));
  const auto blank = rest.find(' ');
  text.value = rest.substr(0, blank);
  rest = blank == std::string_view::npos ? std::string_view() : without_blanks(rest.substr(blank));
  while (!rest.empty()) {
    const auto end = rest.find(' ');
    const std::string_view word = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : without_blanks(rest.substr(end));
    if (word.front() == '#') {
      text.count = number_in<std::uint64_t>(word.substr(1));
      if (!text.count) return std::nullopt;
    } else if (word.front() == '@') {
      text.seconds = number_in<double>(word.substr(1));
      if (!text.seconds) return std::nullopt;
    } else {
      return std::nullopt;
    }
  }
  if (text.name.empty() || text.value.empty()) return std::nullopt;
  return text;
}

}  // namespace afferent::drivers
