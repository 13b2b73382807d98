// Files that the configuration names. Reads their state only; private to this folder.
#pragma once

#include <string>
#include <string_view>

#include "agent/config/loading.h"

namespace afferent::config {

// The path of a file that must exist and that others must have no rights to; its first line, the password, must not be
// empty. Empty where the key is not given. `key` stands in problems: "mqtt.ca_file".
std::string secret_file(Loading& loading, const core::ConfigNode& node, const std::string& key);

// Likewise of a file that holds `what` in the form PEM: "CERTIFICATE", "PRIVATE KEY".
std::string pem_file(Loading& loading, const core::ConfigNode& node, const std::string& key, std::string_view what);

}  // namespace afferent::config
