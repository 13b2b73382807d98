// Whether a file may be loaded into the agent: nobody but root could have put it there. Thread-safe; reads the state of
// files only.
#pragma once

#include <string>

#include "agent/core/result.h"

namespace afferent::plugin {

// The file's path without symbolic links. Error{bad_config} when it, or a folder on the way to it, belongs to another
// user than root or can be changed by group or others. A folder like /tmp, in which nobody can replace what belongs to
// root, is allowed on the way.
core::Result<std::string> trusted_file(const std::string& path);

}  // namespace afferent::plugin
