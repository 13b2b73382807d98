#include "agent/io/folder.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace afferent::io {

std::vector<std::string> paths_in(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code error;
  std::filesystem::directory_iterator entry(folder, error);
  // A range-for would throw where the next entry cannot be read.
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    paths.push_back(entry->path().string());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace afferent::io
