// What a folder holds. Thread-safe; may block as the file system does.
#pragma once

#include <string>
#include <vector>

namespace afferent::io {

// Paths in alphabetical order, not what lies deeper; as far as it could be read.
std::vector<std::string> paths_in(const std::string& folder);

}  // namespace afferent::io
