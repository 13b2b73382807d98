// One run of load(): what the readers of the sections share. Private to this folder; loop-free, one thread.
#pragma once

#include <cmath>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "agent/config/board.h"
#include "agent/config/config.h"
#include "agent/config/fields.h"
#include "agent/config/line.h"
#include "agent/config/load.h"

namespace afferent::config {

using IdPlaces = std::map<std::string, core::Source, std::less<>>;

struct Loading {
  const Catalog& catalog;
  std::vector<std::string> places;  // folders that may hold boards/ and profiles/
  bool incomplete = false;          // a file could not be parsed: what seems missing may stand in it
  Board board;
  std::vector<GivenLine> port_lines;  // parallel to config.ports
  Problems problems;
  Config config;
  bool any_device = false;                            // rules are read without the devices that they name
  std::vector<const core::DriverSpec*> drivers = {};  // those of the catalog and of [node] plugins
  Secrets secrets = {};                               // files of keys, each read once

  void problem(const core::ConfigNode& at, std::string key, std::string message) {
    add(problems, at.source(), std::move(key), std::move(message));
  }
};

// The section readers, in the order in which they have to run. `root` is the merged tree.
void read_node(Loading& loading, const core::ConfigNode& root);
void read_mqtt(Loading& loading, const core::ConfigNode& root);
void read_store(Loading& loading, const core::ConfigNode& root);
void read_telemetry(Loading& loading, const core::ConfigNode& root);
void read_ports(Loading& loading, const core::ConfigNode& root);
void read_devices(Loading& loading, const core::ConfigNode& root);
void read_rules(Loading& loading, const core::ConfigNode& root);

// Checks `table` and adds the problems; returns what was right.
core::ConfigNode checked(Loading& loading, const core::ConfigNode& table, Fields fields, std::string_view prefix,
                         bool ignore_unknown = false);

// The section as a table, an empty one where it is missing or was refused as something else.
core::ConfigNode section_table(const core::ConfigNode& root, std::string_view name);

// The tables of [[name]]; what is not a table is left out with a problem.
std::vector<core::ConfigNode> section_tables(Loading& loading, const core::ConfigNode& root, const std::string& name);

// `table` with `key` replaced; an empty node removes it.
core::ConfigNode with(const core::ConfigNode& table, std::string_view key, core::ConfigNode value);

// Notes an id of the form [a-z0-9][a-z0-9_.-]*; a problem when it is malformed or taken.
void take_id(Loading& loading, const core::ConfigNode& table, const std::string& what, IdPlaces& taken);

// A grid path out of the checked list `table[key]`; levels that no topic can have are problems.
std::vector<std::string> grid_path(Loading& loading, const core::ConfigNode& levels, const std::string& key);

// Rounded to milliseconds, but never a duration to none.
inline core::Millis to_millis(double seconds) {
  return core::Millis(seconds > 0 && seconds < 0.001 ? 1 : std::llround(seconds * 1000));
}

}  // namespace afferent::config
