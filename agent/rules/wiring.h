// Finds what a rule's inputs name, and what is wrong with them. Functions of values.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "agent/rules/desk.h"
#include "agent/rules/kind.h"
#include "agent/rules/mistakes.h"
#include "agent/rules/setup.h"

namespace afferent::rules {

struct Target {
  core::DeviceId device{};
  std::optional<std::uint32_t> rule;  // nothing: a channel
};

// Nothing when there is no such device or rule, or the rule does not judge the device.
std::optional<Target> find_target(const std::vector<RuleEntry>& rules, const std::vector<DeviceNames>& devices,
                                  const Input& input, core::DeviceId own);

// Takes out the rules that are broken, and those that have one of these as an input.
void drop_broken(std::vector<RuleEntry>& rules);

// Notes inputs that do not exist, and rules that are inputs of one another in a circle.
void check_inputs(const std::vector<RuleEntry>& rules, const std::vector<DeviceNames>& devices, Mistakes& mistakes);

}  // namespace afferent::rules
