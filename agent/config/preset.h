// Presets: rules with sensible defaults that a [[rule]] names. Thread-safe; reads files only. Private to this folder.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "agent/config/problem.h"
#include "agent/core/config_tree.h"
#include "agent/core/rule_spec.h"

namespace afferent::config {

struct Expanded {
  std::vector<core::ConfigNode> rules;  // tables as if they had been written out; none when the preset cannot be used
  Problems problems;
};

// The rules of the preset that `written` names, each with what `written` says instead. `kinds` tell which rule a key is
// meant for. A preset is looked for as presets/<name>.toml in each of `places`; a name that ends in .toml is a path,
// relative to the folder of the file in which it stands.
Expanded expand_preset(const core::ConfigNode& written, std::span<const core::RuleKindSpec* const> kinds,
                       std::span<const std::string> places);

}  // namespace afferent::config
