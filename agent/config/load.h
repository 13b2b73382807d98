// Reads and checks a whole configuration: one file, then the fragments in conf.d/ beside it. Thread-safe; reads files
// only.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/check.h"
#include "agent/config/config.h"
#include "agent/config/parse.h"
#include "agent/config/problem.h"
#include "agent/config/profile.h"
#include "agent/core/driver.h"
#include "agent/core/rule_spec.h"

namespace afferent::config {

// What a configuration may refer to. Outlives the load; the drivers' specs outlive the Config.
struct Catalog {
  std::span<const core::DriverSpec* const> drivers;
  std::span<const core::RuleKindSpec* const> rules;
  std::string data_dir;  // holds boards/<board>/board.toml and profiles/<driver>/<name>.toml
  // A driver from a file of [node] plugins; empty where there can be none.
  std::function<core::Result<const core::DriverSpec*>(const std::string& path)> load_driver = {};
};

struct Loaded {
  // Complete and consistent when there is no problem. Else only what is not `broken` is right, for looking on there.
  Config config;
  Problems problems;  // every mistake of every file, in the order of files and lines; after 1000 only their number
  bool incomplete = false;  // a file could not be parsed: what seems missing may stand in it
};

// `path`, then conf.d/*.toml in its folder in the order of their names. Lists of tables ([[port]], [[device]],
// [[rule]]) are appended; any other key must stand in one file only. Relative paths in a file start at that file's
// folder.
Loaded load(const std::string& path, const Catalog& catalog);

}  // namespace afferent::config
