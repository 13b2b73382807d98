#include "drivers/sdi12/answer.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "agent/core/bytes.h"
#include "drivers/common/crc.h"

namespace afferent::drivers::sdi12 {
namespace {

using core::Error;
using core::ErrorCode;

constexpr std::size_t kCrcLength = 3;
constexpr int kMostDigits = 7;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<unsigned> number_in(std::string_view digits) {
  unsigned number = 0;
  for (const char c : digits) {
    if (!is_digit(c)) return std::nullopt;
    number = number * 10 + static_cast<unsigned>(c - '0');
  }
  return number;
}

// Takes one value from the front; nothing when there is none as the standard wants it.
std::optional<Number> take_value(std::string_view& text) {
  const bool negative = text.front() == '-';
  Number number;
  int digits = 0;
  bool point = false;
  std::size_t at = 1;
  for (; at < text.size(); ++at) {
    if (text[at] == '.' && !point) {
      point = true;
    } else if (is_digit(text[at])) {
      number.mantissa = number.mantissa * 10 + (text[at] - '0');
      if (point) number.divisor *= 10;
      if (++digits > kMostDigits) return std::nullopt;
    } else {
      break;
    }
  }
  if (digits == 0) return std::nullopt;
  text.remove_prefix(at);
  if (negative && number.mantissa != 0) number.mantissa = -number.mantissa;
  return number;
}

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(' ') - first + 1));
}

}  // namespace

bool is_address(char c) { return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

std::string crc_of(std::string_view text) {
  const std::uint16_t crc = crc16_a001(core::as_bytes(text), 0);
  std::string characters;
  for (const int shift : {12, 6, 0}) characters.push_back(static_cast<char>(0x40 | ((crc >> shift) & 0x3F)));
  return characters;
}

double Number::times(double scale) const {
  const double inverse = std::round(1.0 / scale);  // 0.001 is not exact, 1000 is
  if (std::abs(inverse) > 1.0 && 1.0 / inverse == scale) return mantissa / (divisor * inverse);
  return mantissa * scale / divisor;
}

std::optional<Announcement> announcement_in(std::string_view line) {
  if (line.size() < 5 || line.size() > 7 || !is_address(line[0])) return std::nullopt;
  const auto seconds = number_in(line.substr(1, 3));
  const auto count = number_in(line.substr(4));
  if (!seconds || !count) return std::nullopt;
  return Announcement{*seconds, *count};
}

core::Result<std::vector<Number>> values_in(std::string_view line, bool with_crc) {
  if (line.empty() || !is_address(line[0])) return Error(ErrorCode::bad_input, "does not begin with an address");
  std::vector<Number> values;
  std::string_view rest = line.substr(1);
  while (!rest.empty() && (rest[0] == '+' || rest[0] == '-')) {
    const auto value = take_value(rest);
    if (!value) {
      return Error(ErrorCode::bad_input,
                   "value " + std::to_string(values.size() + 1) + " is not a sign and one to seven digits");
    }
    values.push_back(*value);
  }
  if (rest.empty()) {
    if (with_crc) return Error(ErrorCode::bad_input, "the CRC is missing");
    return values;
  }
  const bool crc_like = std::all_of(rest.begin(), rest.end(), [](char c) { return c >= 0x40; });
  if (rest.size() != kCrcLength || !crc_like) {
    return Error(ErrorCode::bad_input, "'" + std::string(rest.substr(0, 20)) + "' is neither a value nor a CRC");
  }
  const std::string expected = crc_of(line.substr(0, line.size() - kCrcLength));
  if (rest != expected) {
    return Error(ErrorCode::bad_input, "CRC is " + std::string(rest) + ", should be " + expected);
  }
  return values;
}

std::optional<std::string> identity_in(std::string_view line) {
  constexpr std::size_t kFixed = 20;          // address, version 2, maker 8, model 6, its version 3
  constexpr std::size_t kMost = kFixed + 20;  // the standard has 13 more characters; some makers need a few more
  if (line.size() < kFixed || line.size() > kMost || !is_address(line[0]) || !is_digit(line[1]) || !is_digit(line[2]))
    return std::nullopt;
  std::string text = std::string("SDI-12 ") + line[1] + "." + line[2] + ", " + trimmed(line.substr(3, 8)) + " " +
                     trimmed(line.substr(11, 6)) + " " + trimmed(line.substr(17, 3));
  if (const std::string more = trimmed(line.substr(kFixed)); !more.empty()) text += ", " + more;
  return text;
}

}  // namespace afferent::drivers::sdi12
