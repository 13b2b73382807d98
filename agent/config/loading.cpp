#include "agent/config/loading.h"

#include "agent/config/names.h"
#include "agent/config/suggest.h"

namespace afferent::config {

using core::ConfigNode;

namespace {
constexpr std::size_t kDeepestGrid = 8;
constexpr std::size_t kMostTables = 10'000;  // of one kind
}  // namespace

ConfigNode checked(Loading& loading, const ConfigNode& table, Fields fields, std::string_view prefix,
                   bool ignore_unknown) {
  ConfigNode out;
  for (Problem& problem : check(table, fields, out, {prefix, ignore_unknown, &loading.secrets}))
    loading.problems.push_back(std::move(problem));
  return out;
}

ConfigNode section_table(const ConfigNode& root, std::string_view name) {
  const ConfigNode& section = root[name];
  if (std::holds_alternative<ConfigNode::Table>(section.data())) return section;
  return {ConfigNode::Table{}, section.empty() ? root.source() : section.source()};
}

std::vector<ConfigNode> section_tables(Loading& loading, const ConfigNode& root, const std::string& name) {
  const ConfigNode& section = root[name];
  if (std::holds_alternative<ConfigNode::Table>(section.data())) {
    loading.problem(section, name, "a list of tables is expected: write [[" + name + "]] instead of [" + name + "]");
    return {section};
  }
  if (!section.empty() && !std::holds_alternative<ConfigNode::List>(section.data())) {
    loading.problem(section, name, "expected tables [[" + name + "]], found " + shown(section));
  }
  if (section.list().size() > kMostTables) {
    loading.problem(section, name, "more than " + std::to_string(kMostTables) + " tables [[" + name + "]]");
    return {};
  }
  std::vector<ConfigNode> tables;
  for (const ConfigNode& item : section.list()) {
    if (std::holds_alternative<ConfigNode::Table>(item.data())) {
      tables.push_back(item);
    } else {
      loading.problem(item, name, "expected a table, found " + shown(item));
    }
  }
  return tables;
}

ConfigNode with(const ConfigNode& table, std::string_view key, ConfigNode value) {
  ConfigNode::Table members = table.table();
  if (value.empty()) {
    const auto found = members.find(key);
    if (found != members.end()) members.erase(found);
  } else {
    members.insert_or_assign(std::string(key), std::move(value));
  }
  return {std::move(members), table.source()};
}

void take_id(Loading& loading, const ConfigNode& table, const std::string& what, IdPlaces& taken) {
  const ConfigNode& id = table["id"];
  if (id.empty()) return;
  if (!is_id(id.text())) {
    loading.problem(id, what + ".id",
                    shown(id) + " is not an id; allowed: a-z, 0-9, '_', '.' and '-', beginning with a letter or digit");
    return;
  }
  const auto [place, fresh] = taken.emplace(std::string(id.text()), id.source());
  if (!fresh) {
    loading.problem(id, what + ".id",
                    shown(id) + " is given twice; it is already the id of the " + what + " at " + place->second.text());
  }
}

std::vector<std::string> grid_path(Loading& loading, const ConfigNode& levels, const std::string& key) {
  std::vector<std::string> path;
  for (const ConfigNode& level : levels.list()) {
    if (!is_topic_level(level.text())) {
      loading.problem(level, key, shown(level) + " cannot be a level of a topic; allowed: no blank, '/', '+' or '#'");
    }
    path.emplace_back(level.text());
  }
  if (path.size() > kDeepestGrid) {
    loading.problem(
        levels, key,
        std::to_string(path.size()) + " levels are too many; allowed: at most " + std::to_string(kDeepestGrid));
  }
  return path;
}

}  // namespace afferent::config
