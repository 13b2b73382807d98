#include "tools/simulator/reading.h"

#include <filesystem>

#include "agent/config/check.h"
#include "agent/config/names.h"

namespace afferent::simulator {
namespace {

std::string folder_of(const std::string& file) {
  const std::string folder = std::filesystem::path(file).parent_path().string();
  return folder.empty() ? "." : folder;
}

}  // namespace

Reading::Reading(Scenario& into, config::Problems& found, const std::string& name, std::string folder,
                 std::string data_dir)
    : scenario(into),
      problems(found),
      places{folder_of(name), std::move(data_dir)},
      name_(name),
      folder_(std::move(folder)) {}

void Reading::problem(const core::ConfigNode& at, std::string key, std::string message) {
  const core::Source source = at.empty() ? core::Source{name_, 0} : at.source();
  config::add(problems, source, std::move(key), std::move(message));
}

core::ConfigNode Reading::checked(const core::ConfigNode& table, std::span<const core::ConfigField> fields,
                                  std::string_view prefix) {
  core::ConfigNode out;
  for (config::Problem& one : config::check(table, fields, out, {prefix})) problems.push_back(std::move(one));
  return out;
}

std::vector<core::ConfigNode> Reading::tables(const core::ConfigNode& root, const std::string& name) {
  std::vector<core::ConfigNode> found;
  const core::ConfigNode& list = root[name];
  if (!list.empty() && !std::holds_alternative<core::ConfigNode::List>(list.data())) {
    problem(list, name, "expected a list of tables [[" + name + "]], found " + config::shown(list));
  }
  for (const core::ConfigNode& table : list.list()) {
    if (std::holds_alternative<core::ConfigNode::Table>(table.data())) {
      found.push_back(table);
    } else {
      problem(table, name, "expected a table, found " + config::shown(table));
    }
  }
  return found;
}

void Reading::take_id(const core::ConfigNode& table, const std::string& what) {
  const std::string id(table["id"].text());
  if (!config::is_id(id)) {
    problem(table["id"], what + ".id", config::in_quotes(id) + " is no id; allowed: a-z, 0-9, _, . and -");
  } else if (!ids_.insert(what + " " + id).second) {
    problem(table["id"], what + ".id", "there is another " + what + " " + config::in_quotes(id));
  }
}

bool Reading::take_name(const std::string& line, const std::string& name) {
  return ids_.insert("name on " + line + " " + name).second;
}

bool Reading::known(std::string_view what, std::string_view id) const {
  return ids_.contains(std::string(what) + " " + std::string(id));
}

config::Names Reading::names(std::string_view what) const {
  config::Names names;
  for (const std::string& id : ids_) {
    if (id.starts_with(std::string(what) + " ")) names.push_back(std::string_view(id).substr(what.size() + 1));
  }
  return names;
}

std::string Reading::path(std::string_view written) const {
  const std::filesystem::path path(written);
  return path.is_absolute() ? path.string() : (std::filesystem::path(folder_) / path).string();
}

}  // namespace afferent::simulator
