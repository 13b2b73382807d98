// Where the program's own data lie: boards/ and profiles/. Thread-safe.
#pragma once

#include <string>

namespace afferent::config {

// share/afferent beside the folder of the running program (build tree or installation), else /usr/share/afferent.
std::string data_dir();

}  // namespace afferent::config
