// One reading of a scenario: what its sections share. Private to this folder; one thread.
#pragma once

#include <cmath>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/suggest.h"
#include "agent/core/config_tree.h"
#include "tools/simulator/scenario.h"

namespace afferent::simulator {

inline core::Nanos nanos(double seconds) { return core::Nanos(std::llround(seconds * 1e9)); }

class Reading {
 public:
  Reading(Scenario& into, config::Problems& found, const std::string& name, std::string folder, std::string data_dir);

  void problem(const core::ConfigNode& at, std::string key, std::string message);
  // What was right of `table`; the rest becomes problems.
  core::ConfigNode checked(const core::ConfigNode& table, std::span<const core::ConfigField> fields,
                           std::string_view prefix);
  std::vector<core::ConfigNode> tables(const core::ConfigNode& root, const std::string& name);
  void take_id(const core::ConfigNode& table, const std::string& what);  // malformed or taken is a problem
  bool take_name(const std::string& line, const std::string& name);      // false: taken
  bool known(std::string_view what, std::string_view id) const;
  config::Names names(std::string_view what) const;  // of lines or devices
  std::string path(std::string_view written) const;

  Scenario& scenario;
  config::Problems& problems;
  const std::vector<std::string> places;  // folders that may hold profiles/

 private:
  const std::string name_;
  const std::string folder_;
  std::set<std::string, std::less<>> ids_;  // "line rs485-1"
};

}  // namespace afferent::simulator
