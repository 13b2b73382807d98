// Collects what is wrong with the rules, each with its place, so that all of it is reported at once; and reads options,
// which it notes when they are not what the kind's table allows. Loop-bound.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "agent/core/config_tree.h"
#include "agent/core/result.h"
#include "agent/core/time.h"
#include "agent/rules/setup.h"

namespace afferent::rules {

class Mistakes {
 public:
  // "rules.toml:12: rule 'road': steps: ...". The place is that of `node`, else of the option `key`, else of an option
  // that `what` speaks of, else of the rule. What stands in a preset and is wrong beside what the user wrote is told
  // where the user wrote that.
  void note(const RuleSetup& rule, const core::ConfigNode& node, std::string_view key, std::string_view what);
  void note(const RuleSetup& rule, std::string_view key, std::string_view what) { note(rule, {}, key, what); }
  bool any() const { return count_ != 0; }
  std::size_t count() const { return count_; }
  core::Error error() const { return {core::ErrorCode::bad_config, text_}; }

  // Notes keys that no field has, missing ones, wrong types and numbers outside a field's range.
  void check(const RuleSetup& rule, const core::ConfigNode& table, std::span<const core::ConfigField> fields);

 private:
  void check_value(const RuleSetup& rule, const core::ConfigNode& value, const core::ConfigField& field);

  std::string text_;
  std::size_t count_ = 0;
};

// Where the rule's key stands that a message is about; the rule, where none is known.
const core::Source& place_of(const RuleSetup& rule, std::string_view key);

// A duration option, in seconds in the tree.
core::Nanos duration(const core::ConfigNode& node, core::Nanos otherwise);

}  // namespace afferent::rules
