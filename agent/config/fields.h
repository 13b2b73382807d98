// The keys of every section of the configuration. Static data: the checker and the documentation both read these
// tables.
#pragma once

#include <span>
#include <string_view>

#include "agent/core/config_tree.h"

namespace afferent::config {

using Fields = std::span<const core::ConfigField>;

struct Section {
  std::string_view name;     // key at the top of the file
  bool several = false;      // [[name]] instead of [name]
  Fields fields;             // without what drivers and rule kinds add
  std::string_view summary;  // for the documentation
};

Fields node_fields();
Fields mqtt_fields();
Fields store_fields();
Fields telemetry_fields();
Fields port_fields();
Fields device_fields();
Fields rule_fields();
Fields board_fields();  // of boards/<board>/board.toml

std::span<const Section> sections();  // in the order of the documentation

}  // namespace afferent::config
