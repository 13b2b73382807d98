// The rules of a configuration or a preset without a gateway around them: for trying rules on recorded data, where any
// device may be meant. Thread-safe; reads files only.
#pragma once

#include <string>

#include "agent/config/load.h"

namespace afferent::config {

struct LoadedRules {
  std::vector<RuleConfig> rules;  // without devices
  std::string timezone;           // of the file's [node]; empty where there is none
  std::string language;
  Problems problems;  // of the [[rule]] tables, as load() would report them; other sections are not read
};

LoadedRules load_rules(const std::string& path, const Catalog& catalog);
LoadedRules load_preset(const std::string& name, const Catalog& catalog);

}  // namespace afferent::config
