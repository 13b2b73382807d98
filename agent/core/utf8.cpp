#include "agent/core/utf8.h"

#include <array>
#include <cstdint>

namespace afferent::core {
namespace {

// RFC 3629 section 4: by the first byte, how many follow and between which bytes the first of these lies.
struct Sequence {
  std::uint8_t first_low;
  std::uint8_t first_high;
  std::uint8_t follow;
  std::uint8_t second_low;
  std::uint8_t second_high;
};
constexpr std::array kSequences{
    Sequence{0x00, 0x7F, 0, 0, 0},       Sequence{0xC2, 0xDF, 1, 0x80, 0xBF}, Sequence{0xE0, 0xE0, 2, 0xA0, 0xBF},
    Sequence{0xE1, 0xEC, 2, 0x80, 0xBF}, Sequence{0xED, 0xED, 2, 0x80, 0x9F}, Sequence{0xEE, 0xEF, 2, 0x80, 0xBF},
    Sequence{0xF0, 0xF0, 3, 0x90, 0xBF}, Sequence{0xF1, 0xF3, 3, 0x80, 0xBF}, Sequence{0xF4, 0xF4, 3, 0x80, 0x8F},
};

const Sequence* begun_by(std::uint8_t byte) {
  for (const Sequence& one : kSequences) {
    if (byte >= one.first_low && byte <= one.first_high) return &one;
  }
  return nullptr;
}

// Bytes of the character that the text begins with; 0: none.
std::size_t first_character(std::string_view text) {
  const auto byte = [text](std::size_t at) { return static_cast<std::uint8_t>(text[at]); };
  const Sequence* sequence = begun_by(byte(0));
  if (sequence == nullptr || text.size() <= sequence->follow) return 0;
  for (std::size_t i = 1; i <= sequence->follow; ++i) {
    const std::uint8_t low = i == 1 ? sequence->second_low : 0x80;
    const std::uint8_t high = i == 1 ? sequence->second_high : 0xBF;
    if (byte(i) < low || byte(i) > high) return 0;
  }
  return 1U + sequence->follow;
}

}  // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = first_character(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string_view clipped_utf8(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  std::size_t end = most;
  while (end > 0 && (static_cast<std::uint8_t>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

std::string clean_utf8(std::string_view text, std::size_t most) {
  text = clipped_utf8(text, most);
  std::string clean(text);
  for (std::size_t at = 0; at < clean.size();) {
    const std::size_t length = first_character(text.substr(at));
    if (length == 0) clean[at] = '?';
    at += length == 0 ? 1 : length;
  }
  return clean;
}

}  // namespace afferent::core
