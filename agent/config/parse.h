// TOML text to a tree with line numbers. Thread-safe. Bounded: 4 MB a file, 32 levels of tables and lists.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agent/config/problem.h"
#include "agent/core/config_tree.h"
#include "agent/core/result.h"

namespace afferent::config {

inline constexpr std::size_t kLargestFile = 4u << 20;  // bytes
inline constexpr std::size_t kDeepest = 32;

struct Parsed {
  std::optional<core::ConfigNode> node;  // a table; none when there is a problem
  Problem problem;
};

// `name` stands for the file in every source and message. Dates and times become texts as they are written in TOML.
Parsed parse(std::string_view text, const std::string& name);
// Reads a regular file; what cannot be read is a problem with the system's reason.
Parsed read(const std::string& path);

// The same with the problem as one line of text: Error{bad_config}.
core::Result<core::ConfigNode> parse_text(std::string_view text, const std::string& name);
core::Result<core::ConfigNode> parse_file(const std::string& path);

}  // namespace afferent::config
