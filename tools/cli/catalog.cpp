#include "tools/cli/catalog.h"

#include "agent/config/data_dir.h"
#include "agent/rules/engine.h"
#include "drivers/registry.h"

namespace afferent::cli {

config::Catalog catalog() { return {drivers::built_in(), rules::kinds(), config::data_dir()}; }

config::Catalog catalog(plugin::Loader& plugins) {
  config::Catalog all = catalog();
  all.load_driver = [&plugins](const std::string& path) { return plugins.load(path); };
  return all;
}

core::Result<void> load_all(plugin::Loader& plugins, const std::vector<std::string>& files) {
  for (const std::string& file : files) {
    if (auto loaded = plugins.load(file); !loaded) return std::move(loaded).error().in(file);
  }
  return {};
}

}  // namespace afferent::cli
