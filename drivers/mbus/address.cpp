#include "drivers/mbus/address.h"

#include <algorithm>

namespace afferent::drivers::mbus {
namespace {

constexpr std::uint8_t kSelect = 0x52;

// Fixed digits and wildcards alike.
bool id_matches(std::uint32_t wanted, std::uint32_t id) {
  for (unsigned shift = 0; shift < 32; shift += 4) {
    const std::uint32_t digit = wanted >> shift & 0xFU;
    if (digit != 0xF && digit != (id >> shift & 0xFU)) return false;
  }
  return true;
}

bool has_f(std::uint32_t id) {
  for (; id != 0; id >>= 4) {
    if ((id & 0xFU) == 0xF) return true;
  }
  return false;
}

}  // namespace

bool Pattern::matches(const Identity& other) const {
  return id_matches(identity.id, other.id) && (identity.maker == 0xFFFF || identity.maker == other.maker) &&
         (identity.version == 0xFF || identity.version == other.version) &&
         (identity.medium == 0xFF || identity.medium == other.medium);
}

bool Pattern::leaves_digits_open() const { return has_f(identity.id); }

std::string Pattern::text() const {
  std::string text = id_text(identity.id);
  if (identity.maker != 0xFFFF) text += " " + maker_text(identity.maker);
  if (identity.version != 0xFF) text += ", version " + std::to_string(identity.version);
  if (identity.medium != 0xFF) text += ", " + std::string(medium_name(identity.medium));
  return text;
}

std::optional<Pattern> pattern_from(std::string_view digits) {
  const bool spaced = digits.find_first_of(" :") != std::string_view::npos;
  if (spaced || (digits.size() != 8 && digits.size() != 16)) return std::nullopt;
  auto bytes = core::from_hex(digits);
  if (!bytes) return std::nullopt;
  std::reverse(bytes->begin(), bytes->begin() + 4);
  bytes->resize(kIdentitySize, 0xFF);
  return Pattern{*read_identity(*bytes)};
}

std::string description(const Identity& identity) {
  std::string text;
  if (identity.maker != 0) text = maker_text(identity.maker) + ", version " + std::to_string(identity.version) + ", ";
  return text + std::string(medium_name(identity.medium));
}

core::Bytes select_request(const Pattern& pattern) {
  core::Bytes bytes{kSelect};
  append_identity(bytes, pattern.identity);
  return bytes;
}

}  // namespace afferent::drivers::mbus
