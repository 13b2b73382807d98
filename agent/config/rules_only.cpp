#include "agent/config/rules_only.h"

#include "agent/config/files.h"
#include "agent/config/loading.h"

namespace afferent::config {
namespace {

using core::ConfigNode;

Loading loading_of(const Catalog& catalog, std::vector<std::string> places) {
  Loading loading{catalog, std::move(places), false, {}, {}, {}, {}};
  loading.any_device = true;
  return loading;
}

LoadedRules taken(Loading loading, const ConfigNode& root) {
  read_rules(loading, root);
  LoadedRules loaded;
  loaded.rules = std::move(loading.config.rules);
  loaded.timezone = root["node"]["timezone"].text();
  loaded.language = root["node"]["language"].text();
  loaded.problems = std::move(loading.problems);
  if (loaded.rules.empty() && loaded.problems.empty()) {
    add(loaded.problems, root.source(), "rule", "there is no [[rule]] in it");
  }
  return loaded;
}

}  // namespace

LoadedRules load_rules(const std::string& path, const Catalog& catalog) {
  Loading loading = loading_of(catalog, {folder_of(path), catalog.data_dir});
  const Gathered gathered = gather(path, loading.problems);
  return taken(std::move(loading), gathered.root);
}

LoadedRules load_preset(const std::string& name, const Catalog& catalog) {
  const core::Source source{"--preset", 0};
  ConfigNode::Table rule;
  rule.emplace("id", ConfigNode(std::string("preset"), source));
  rule.emplace("preset", ConfigNode(name, source));
  ConfigNode::Table root;
  root.emplace("rule", ConfigNode(ConfigNode::List{ConfigNode(std::move(rule), source)}, source));
  return taken(loading_of(catalog, {catalog.data_dir}), ConfigNode(std::move(root), source));
}

}  // namespace afferent::config
