// One mistake in a configuration: where, which key, and what would be right. Value types.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/core/config_tree.h"

namespace afferent::config {

struct Problem {
  core::Source source;
  std::string key;           // "device.poll"; empty for a file that is not TOML
  std::string message;       // what is wrong and what would be right
  std::uint32_t column = 0;  // of a TOML syntax error; 0: unknown

  // "afferent.toml:12: device.poll: ..."
  std::string text() const;
};

using Problems = std::vector<Problem>;

inline void add(Problems& problems, core::Source source, std::string key, std::string message) {
  problems.push_back({std::move(source), std::move(key), std::move(message), 0});
}

// Of a message that may begin with its place and key, as what drivers and rules say does: "a.toml:12: device.unit:
// ...", "a.toml:12: rule 'road': ...". What it does not say is taken from `otherwise`.
Problem located(std::string_view message, const Problem& otherwise);
Problems located_lines(std::string_view message, const Problem& otherwise = {});  // one a line

// "device.poll"; the key alone at the top.
std::string member(const std::string& path, std::string_view key);

// How a text from a file is shown in a message: in quotes, control characters escaped, at most 60 bytes of it.
std::string in_quotes(std::string_view text);

// What stands at `node`, for a message: a quoted text, a number, "a list".
std::string shown(const core::ConfigNode& node);

}  // namespace afferent::config
