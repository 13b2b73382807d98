// What is known of a rule kind before any rule is made: its name and the keys of its [[rule]] table. Static data.
#pragma once

#include <span>
#include <string_view>

#include "agent/core/config_tree.h"

namespace afferent::core {

struct RuleKindSpec {
  std::string_view name;                 // "threshold"
  std::string_view summary;              // one line for the documentation
  std::span<const ConfigField> options;  // beside the common keys id, kind, device, domain, channel, severity, sentence
};

}  // namespace afferent::core
