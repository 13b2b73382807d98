#include "tools/codec/utf8.h"

#include <cstdint>
#include <optional>

namespace afferent::codec_host {
namespace {

struct Character {
  std::uint32_t code = 0;
  std::size_t size = 0;
};

bool follows(std::string_view text, std::size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
}

std::optional<Character> read(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t size = lead < 0x80                   ? 1
                           : lead >= 0xC2 && lead < 0xE0 ? 2
                           : lead >= 0xE0 && lead < 0xF0 ? 3
                           : lead >= 0xF0 && lead < 0xF5 ? 4
                                                         : 0;
  if (size == 0) return std::nullopt;
  std::uint32_t code = size == 1 ? lead : lead & (0xFFU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if (!follows(text, at + i)) return std::nullopt;
    code = code << 6 | (static_cast<unsigned char>(text[at + i]) & 0x3FU);
  }
  const bool longer = (size == 3 && code < 0x800) || (size == 4 && (code < 0x10000 || code > 0x10FFFF));
  if (longer) return std::nullopt;
  return Character{code, size};
}

void append(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out.push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out.push_back(static_cast<char>(0xC0 | code >> 6));
    out.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  } else if (code < 0x10000) {
    out.push_back(static_cast<char>(0xE0 | code >> 12));
    out.push_back(static_cast<char>(0x80 | (code >> 6 & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  } else {
    out.push_back(static_cast<char>(0xF0 | code >> 18));
    out.push_back(static_cast<char>(0x80 | (code >> 12 & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (code >> 6 & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  }
}

bool is_high(std::uint32_t code) { return code >= 0xD800 && code < 0xDC00; }
bool is_low(std::uint32_t code) { return code >= 0xDC00 && code < 0xE000; }

}  // namespace

std::string from_latin(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto character = read(text, at);
    append(out, character ? character->code : static_cast<unsigned char>(text[at]));
    at += character ? character->size : 1;
  }
  return out;
}

std::string to_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    auto character = read(text, at);
    if (!character) {
      append(out, 0xFFFD);
      ++at;
      continue;
    }
    at += character->size;
    std::uint32_t code = character->code;
    if (is_high(code) && at < text.size()) {
      if (const auto low = read(text, at); low && is_low(low->code)) {
        code = 0x10000 + ((code - 0xD800) << 10) + (low->code - 0xDC00);
        at += low->size;
      }
    }
    append(out, is_high(code) || is_low(code) ? 0xFFFD : code);
  }
  return out;
}

}  // namespace afferent::codec_host
