// The file of cameras: where each stands. Private to this folder.
#pragma once

#include <vector>

#include "agent/config/loading.h"

namespace afferent::config {

// From the file's contents; every line that makes no sense is a problem with its file and line. `written` is the path
// as it stands in the configuration.
std::vector<Camera> read_cameras(Loading& loading, const core::ConfigNode& contents, const core::ConfigNode& written);

}  // namespace afferent::config
