// Files that a configuration names, each read once: of secrets, only where nobody but their owner can read them, and of
// what anybody may read. Loop-free, one thread.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "agent/core/config_tree.h"
#include "agent/core/result.h"

namespace afferent::config {

class Secrets {
 public:
  static constexpr std::size_t kLargest = 4 * 1024 * 1024;  // a key for each of a hundred thousand meters

  // Error{bad_config} says what is wrong with the file and what would be right, never what stands in it.
  core::Result<core::Secret> read(const std::string& path);
  core::Result<core::Contents> read_open(const std::string& path);

 private:
  std::map<std::string, core::Secret> known_;
  std::map<std::string, core::Contents> open_;
};

}  // namespace afferent::config
