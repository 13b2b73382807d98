#include "agent/config/files.h"

#include <algorithm>
#include <filesystem>

#include "agent/config/parse.h"

namespace afferent::config {
namespace {

namespace fs = std::filesystem;
using core::ConfigNode;

constexpr std::size_t kMostFragments = 1000;

bool is_list_of_tables(const ConfigNode& node) {
  return !node.list().empty() && std::all_of(node.list().begin(), node.list().end(), [](const ConfigNode& item) {
    return std::holds_alternative<ConfigNode::Table>(item.data());
  });
}

// Names that `keep` accepts; a folder that cannot be read is an empty one.
template <class Keep>
std::vector<std::string> listed(const std::string& folder, Keep keep) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it(folder, error); !error && it != fs::directory_iterator(); it.increment(error)) {
    if (keep(*it)) names.push_back(it->path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

void gather_one(const std::string& file, Gathered& all, Problems& problems) {
  all.files.push_back(file);
  Parsed parsed = read(file);
  if (!parsed.node) {
    all.incomplete = true;
    problems.push_back(std::move(parsed.problem));
    return;
  }
  merge(all.root, std::move(*parsed.node), "", problems);
}

}  // namespace

std::string folder_of(const std::string& file) {
  const std::string folder = fs::path(file).parent_path().string();
  return folder.empty() ? "." : folder;
}

std::string resolved(const std::string& path, const std::string& file) {
  if (path.empty() || path.front() == '/') return path;
  return (fs::path(file).parent_path() / path).string();
}

bool is_file(const std::string& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

std::vector<std::string> names_in(const std::string& folder, std::string_view extension) {
  std::vector<std::string> names = listed(folder, [extension](const fs::directory_entry& entry) {
    std::error_code error;
    return entry.path().extension() == extension && entry.is_regular_file(error);
  });
  for (std::string& name : names) name.resize(name.size() - extension.size());
  return names;
}

std::vector<std::string> folders_in(const std::string& folder) {
  return listed(folder, [](const fs::directory_entry& entry) {
    std::error_code error;
    return entry.is_directory(error);
  });
}

Gathered gather(const std::string& path, Problems& problems) {
  Gathered all{ConfigNode(ConfigNode::Table{}, core::Source{path, 0}), {}, false};
  gather_one(path, all, problems);
  const std::string folder = (fs::path(path).parent_path() / "conf.d").string();
  // Names are sorted with their extension, so that the order is the one that `ls` shows.
  const std::vector<std::string> fragments = listed(folder, [](const fs::directory_entry& entry) {
    std::error_code error;
    return entry.path().extension() == ".toml" && !entry.is_directory(error);
  });
  if (fragments.size() > kMostFragments) {
    add(problems, {folder, 0}, "", "holds more than " + std::to_string(kMostFragments) + " files");
    return all;
  }
  for (const std::string& name : fragments) gather_one((fs::path(folder) / name).string(), all, problems);
  return all;
}

void merge(ConfigNode& into, ConfigNode from, const std::string& path, Problems& problems) {
  auto* members = std::get_if<ConfigNode::Table>(&into.data());
  auto* more = std::get_if<ConfigNode::Table>(&from.data());
  if (members == nullptr || more == nullptr) return;
  for (auto& [key, value] : *more) {
    const auto found = members->find(key);
    if (found == members->end()) {
      members->emplace(key, std::move(value));
      continue;
    }
    ConfigNode& first = found->second;
    const std::string here = member(path, key);
    const bool both_tables = std::holds_alternative<ConfigNode::Table>(first.data()) &&
                             std::holds_alternative<ConfigNode::Table>(value.data());
    if (both_tables) {
      merge(first, std::move(value), here, problems);
    } else if (is_list_of_tables(first) && is_list_of_tables(value)) {
      auto& items = std::get<ConfigNode::List>(first.data());
      auto& added = std::get<ConfigNode::List>(value.data());
      std::move(added.begin(), added.end(), std::back_inserter(items));
    } else {
      add(problems, value.source(), here, "given twice; it stands already at " + first.source().text());
    }
  }
}

}  // namespace afferent::config
