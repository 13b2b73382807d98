// Files of secrets: read only where nobody but their owner can read them, each once. Loop-free, one thread.
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

 private:
  std::map<std::string, core::Secret> known_;
};

}  // namespace afferent::config
