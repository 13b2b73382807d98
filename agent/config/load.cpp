#include "agent/config/load.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "agent/config/files.h"
#include "agent/config/loading.h"
#include "agent/config/suggest.h"

namespace afferent::config {
namespace {

constexpr std::size_t kMostProblems = 1000;

void check_top(Loading& loading, const core::ConfigNode& root) {
  Names names;
  for (const Section& section : sections()) names.push_back(section.name);
  for (const auto& [key, value] : root.table()) {
    const auto known =
        std::find_if(sections().begin(), sections().end(), [&](const Section& s) { return s.name == key; });
    if (known == sections().end()) {
      loading.problem(value, key.substr(0, 60), "unknown key" + hint(key, names, "allowed at the top of the file"));
    } else if (!known->several && !std::holds_alternative<core::ConfigNode::Table>(value.data())) {
      loading.problem(value, key, "expected one table [" + key + "], found " + shown(value));
    }
  }
}

// In the order of reading, then of lines; profiles and boards come last.
void sort(Problems& problems, const std::vector<std::string>& files) {
  std::map<std::string_view, std::size_t> ranks;
  for (const std::string& file : files) ranks.emplace(file, ranks.size());
  // A multimap keeps equal keys in the order of their insertion.
  std::multimap<std::tuple<std::size_t, std::string, std::uint32_t>, Problem> sorted;
  for (Problem& problem : problems) {
    const auto known = ranks.find(problem.source.file);
    const std::size_t rank = known == ranks.end() ? ranks.size() : known->second;
    sorted.emplace(std::tuple(rank, problem.source.file, problem.source.line), std::move(problem));
  }
  problems.clear();
  for (auto& [place, problem] : sorted) {
    // One line of a preset may be wrong for each of the rules that it gives.
    if (!problems.empty() && problems.back().text() == problem.text()) continue;
    problems.push_back(std::move(problem));
  }
  if (problems.size() > kMostProblems) {
    const std::size_t more = problems.size() - kMostProblems;
    problems.resize(kMostProblems);
    add(problems, {files.front(), 0}, "", std::to_string(more) + " further mistakes are not shown");
  }
}

}  // namespace

Loaded load(const std::string& path, const Catalog& catalog) {
  Loading loading{catalog, {folder_of(path), catalog.data_dir}, false, {}, {}, {}, {}};
  loading.drivers.assign(catalog.drivers.begin(), catalog.drivers.end());
  const Gathered gathered = gather(path, loading.problems);
  loading.incomplete = gathered.incomplete;
  check_top(loading, gathered.root);
  for (const auto read_section :
       {read_node, read_mqtt, read_store, read_telemetry, read_ports, read_devices, read_rules}) {
    read_section(loading, gathered.root);
  }
  sort(loading.problems, gathered.files);
  return {std::move(loading.config), std::move(loading.problems), loading.incomplete};
}

}  // namespace afferent::config
