// Sizes in bytes as keys of a section. Private to this folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "agent/config/loading.h"

namespace afferent::config {

struct SizeRange {
  std::uint64_t least = 0;
  std::uint64_t most = 0;
};

// A whole number of bytes as a text, so that a field of type text takes both; any other node as it is.
core::ConfigNode size_as_text(const core::ConfigNode& node);

// The bytes of a text such as "256 MB"; nothing when it is missing, or with a problem when it is wrong.
std::optional<std::uint64_t> read_size(Loading& loading, const core::ConfigNode& node, const std::string& key,
                                       const SizeRange& range);

}  // namespace afferent::config
