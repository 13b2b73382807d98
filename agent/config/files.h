// Paths and folders of a configuration, and merging its files into one tree. Thread-safe; reads files only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/config/problem.h"
#include "agent/core/config_tree.h"

namespace afferent::config {

std::string folder_of(const std::string& file);  // "." for a bare name

// `path` as it is when absolute or empty, else below the folder of `file`, in which it stands.
std::string resolved(const std::string& path, const std::string& file);

bool is_file(const std::string& path);
std::vector<std::string> names_in(const std::string& folder, std::string_view extension);  // sorted, without extension
std::vector<std::string> folders_in(const std::string& folder);                            // sorted

struct Gathered {
  core::ConfigNode root;           // a table, perhaps an empty one
  std::vector<std::string> files;  // in the order of reading
  bool incomplete = false;         // a file could not be parsed: what seems missing may stand in it
};

Gathered gather(const std::string& path, Problems& problems);

// Adds the members of `from` to `into`. Lists of tables are appended, tables merged; another key that both have is a
// problem that names both places, and `into` keeps its own.
void merge(core::ConfigNode& into, core::ConfigNode from, const std::string& path, Problems& problems);

}  // namespace afferent::config
