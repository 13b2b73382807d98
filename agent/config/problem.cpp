#include "agent/config/problem.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "agent/config/units.h"
#include "agent/core/utf8.h"

namespace afferent::config {
namespace {

constexpr std::size_t kMostShown = 60;

}  // namespace

std::string Problem::text() const {
  std::string line = source.text();
  if (column != 0) line += ":" + std::to_string(column);
  if (!line.empty()) line += ": ";
  if (!key.empty()) line += key + ": ";
  return line + message;
}

namespace {

constexpr std::string_view kBetween = ": ";

// "a.toml:12" in front of ": ", which is taken off; nothing when there is none.
std::optional<core::Source> take_source(std::string_view& text) {
  const std::size_t end = text.find(kBetween);
  if (end == text.npos) return std::nullopt;
  const std::string_view place = text.substr(0, end);
  const std::size_t colon = place.rfind(':');
  if (colon == place.npos || colon == 0) return std::nullopt;
  std::uint32_t line = 0;
  const auto parsed = std::from_chars(place.data() + colon + 1, place.data() + place.size(), line);
  if (parsed.ec != std::errc() || parsed.ptr != place.data() + place.size()) return std::nullopt;
  text.remove_prefix(end + kBetween.size());
  return core::Source{std::string(place.substr(0, colon)), line};
}

// "device.unit", "rule 'road'".
bool is_key(std::string_view text) {
  const std::size_t quote = text.find(" '");
  const std::string_view word = text.substr(0, quote);
  const bool named = quote == text.npos || (word == "rule" && text.ends_with('\''));
  return named && !word.empty() && word.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.") == word.npos;
}

}  // namespace

Problem located(std::string_view message, const Problem& otherwise) {
  Problem problem = otherwise;
  if (auto source = take_source(message)) problem.source = std::move(*source);
  const std::size_t end = message.find(kBetween);
  if (end != message.npos && is_key(message.substr(0, end))) {
    problem.key = message.substr(0, end);
    message.remove_prefix(end + kBetween.size());
  }
  problem.message = message;
  return problem;
}

Problems located_lines(std::string_view message, const Problem& otherwise) {
  Problems problems;
  while (!message.empty()) {
    const std::size_t end = std::min(message.find('\n'), message.size());
    problems.push_back(located(message.substr(0, end), otherwise));
    message.remove_prefix(std::min(end + 1, message.size()));
  }
  return problems;
}

std::string member(const std::string& path, std::string_view key) {
  std::string whole = path;
  if (!whole.empty()) whole += '.';
  return whole.append(key);
}

std::string in_quotes(std::string_view text) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  const std::string_view part = core::clipped_utf8(text, kMostShown);
  std::string out = "\"";
  for (const char c : part) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) {
      out += "\\x";
      out += kDigits[byte >> 4];
      out += kDigits[byte & 0xFu];
    } else {
      out += c;
    }
  }
  return out + (part.size() < text.size() ? "...\"" : "\"");
}

std::string shown(const core::ConfigNode& node) {
  const core::ConfigNode::Data& data = node.data();
  if (const auto* text = std::get_if<std::string>(&data)) return in_quotes(*text);
  if (const auto* flag = std::get_if<bool>(&data)) return *flag ? "true" : "false";
  if (const auto* whole = std::get_if<std::int64_t>(&data)) return std::to_string(*whole);
  if (const auto* number = std::get_if<double>(&data)) return number_text(*number);
  if (std::holds_alternative<core::ConfigNode::List>(data)) return "a list";
  if (std::holds_alternative<core::ConfigNode::Table>(data)) return "a table";
  if (std::holds_alternative<core::Secret>(data)) return "a secret";
  if (std::holds_alternative<core::Contents>(data)) return "a file";
  return "nothing";
}

}  // namespace afferent::config
