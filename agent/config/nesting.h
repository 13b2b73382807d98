// Guards the TOML parser, which recurses once per part of a dotted key, against keys of thousands of parts. Pure
// function.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace afferent::config {

inline constexpr std::size_t kMostKeyParts = 16;

// The line (from 1) of the first dotted key or table name with more than kMostKeyParts parts.
std::optional<std::uint32_t> overlong_key(std::string_view toml);

}  // namespace afferent::config
