// The keys of meters as a file of secrets has them. Value types; no key ever stands in a message.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "agent/core/result.h"

namespace afferent::drivers::wmbus {

using Key = std::array<std::uint8_t, 16>;

std::optional<std::uint32_t> id_from(std::string_view digits);  // eight hexadecimal digits
std::optional<Key> key_from(std::string_view digits);           // 32 hexadecimal digits, or 16 of a Diehl meter

class KeyRing {
 public:
  // One key alone, for all meters; or lines `ID KEY`, # begins a comment. An error names the line.
  static core::Result<KeyRing> parse(std::string_view text);

  // The meter's own key, else the one for all; null when there is neither.
  const Key* find(std::uint32_t id) const;
  // That key has 16 digits: it is one of a scrambler, or half a key of AES.
  bool is_half(std::uint32_t id) const;

 private:
  struct Entry {
    Key key;
    bool half;
    bool operator==(const Entry&) const = default;
  };

  core::Result<void> take(std::string_view line);
  const Entry* entry(std::uint32_t id) const;

  std::optional<Entry> all_;
  std::unordered_map<std::uint32_t, Entry> own_;
};

}  // namespace afferent::drivers::wmbus
