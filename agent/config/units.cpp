#include "agent/config/units.h"

#include <array>
#include <charconv>
#include <cmath>
#include <span>

namespace afferent::config {
namespace {

struct Unit {
  std::string_view name;
  double factor;
};

// Largest first.
constexpr std::array kDurations{Unit{"d", 86400}, Unit{"h", 3600}, Unit{"min", 60}, Unit{"s", 1}, Unit{"ms", 1e-3}};
constexpr std::array kSizes{Unit{"GB", 1073741824}, Unit{"MB", 1048576}, Unit{"kB", 1024}, Unit{"B", 1}};
constexpr std::array kSizesToo{Unit{"GiB", 1073741824}, Unit{"MiB", 1048576}, Unit{"KiB", 1024}, Unit{"KB", 1024}};

std::string_view trimmed(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<double> factor_of(std::span<const Unit> units, std::string_view name) {
  for (const Unit& unit : units) {
    if (unit.name == name) return unit.factor;
  }
  return std::nullopt;
}

// A decimal number at the front of `text`, and what stands behind it.
std::optional<double> take_decimal(std::string_view& text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc{} || !std::isfinite(number)) return std::nullopt;
  text = trimmed(text.substr(static_cast<std::size_t>(end - text.data())));
  return number;
}

}  // namespace

std::optional<double> parse_duration(std::string_view text) {
  text = trimmed(text);
  const std::optional<double> number = take_decimal(text);
  const std::optional<double> factor = factor_of(kDurations, text);
  if (!number || !factor) return std::nullopt;
  // Division keeps "250 ms" the double that 0.25 is.
  return *factor < 1 ? *number / std::round(1 / *factor) : *number * *factor;
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  text = trimmed(text);
  const std::optional<double> number = take_decimal(text);
  if (!number || *number < 0) return std::nullopt;
  std::optional<double> factor = text.empty() ? 1.0 : factor_of(kSizes, text);
  if (!factor) factor = factor_of(kSizesToo, text);
  if (!factor || *number * *factor > 9e15) return std::nullopt;
  return static_cast<std::uint64_t>(std::llround(*number * *factor));
}

std::optional<core::LineSettings> parse_framing(std::string_view text) {
  if (text.size() != 3 || text[0] < '5' || text[0] > '8' || (text[2] != '1' && text[2] != '2')) return std::nullopt;
  core::LineSettings line;
  switch (text[1]) {
    case 'N': line.parity = core::Parity::none; break;
    case 'E': line.parity = core::Parity::even; break;
    case 'O': line.parity = core::Parity::odd; break;
    default: return std::nullopt;
  }
  line.data_bits = static_cast<std::uint8_t>(text[0] - '0');
  line.stop_bits = static_cast<std::uint8_t>(text[2] - '0');
  return line;
}

std::string number_text(double number) {
  std::array<char, 400> buffer{};
  const auto style = std::abs(number) < 1e16 ? std::chars_format::fixed : std::chars_format::general;
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, style);
  return error == std::errc{} ? std::string(buffer.data(), end) : std::string("?");
}

std::string duration_text(double seconds) {
  if (seconds == 0) return "0 s";
  for (const Unit& unit : kDurations) {
    const double count = unit.factor < 1 ? seconds * std::round(1 / unit.factor) : seconds / unit.factor;
    if (std::abs(count) >= 1 && count == std::round(count)) return number_text(count) + " " + std::string(unit.name);
  }
  return number_text(seconds) + " s";
}

std::string size_text(std::uint64_t bytes) {
  for (const Unit& unit : kSizes) {
    const auto factor = static_cast<std::uint64_t>(unit.factor);
    if (bytes >= factor && bytes % factor == 0) return std::to_string(bytes / factor) + " " + std::string(unit.name);
  }
  return std::to_string(bytes) + " B";
}

}  // namespace afferent::config
