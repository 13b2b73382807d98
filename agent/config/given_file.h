// Files that the configuration names. Reads their state only; private to this folder.
#pragma once

#include <string>

#include "agent/config/loading.h"

namespace afferent::config {

// The path of a file that must exist; empty where the key is not given. `key` stands in problems: "mqtt.ca_file".
std::string existing_file(Loading& loading, const core::ConfigNode& node, const std::string& key);

// ... and that others must have no rights to.
std::string secret_file(Loading& loading, const core::ConfigNode& node, const std::string& key);

}  // namespace afferent::config
