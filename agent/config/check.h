// Checks a tree against a field table: the one checker for every section, driver option, rule option and profile. Pure,
// but for the files of secrets, which it reads.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "agent/config/problem.h"
#include "agent/config/secrets.h"
#include "agent/core/config_tree.h"

namespace afferent::config {

struct CheckOptions {
  std::string_view prefix = {};  // stands before the keys in problems: "device" gives "device.poll"
  bool ignore_unknown = false;   // keys that the table does not know are left out without a problem
  Secrets* secrets = nullptr;    // what was read before, so that a file is read once; null: only in this call
};

// Every mistake in `node`; `out` becomes a table of what was right, with defaults filled in and durations in seconds as
// reals. A key that was wrong is missing in `out`. Each problem says what would be right.
Problems check(const core::ConfigNode& node, std::span<const core::ConfigField> fields, core::ConfigNode& out,
               const CheckOptions& options = {});

// "a whole number", "a text in quotes": what a value of this field looks like.
std::string expected(const core::ConfigField& field);

// "1 to 247", "at least 0 s", "N, E, O", or nothing where everything of the type is allowed.
std::string allowed_values(const core::ConfigField& field);

}  // namespace afferent::config
