// Bytes as they go over a wire, and their hexadecimal form. Value types, no thread of their own.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace afferent::core {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

// Upper-case hexadecimal without separators, e.g. "0103020010B988".
std::string to_hex(ByteView bytes);

// Accepts upper and lower case, blanks and ':' between bytes. Nothing for an odd number of digits or a foreign
// character.
std::optional<Bytes> from_hex(std::string_view text);

inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

}  // namespace afferent::core
