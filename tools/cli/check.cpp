// `afferent check CONFIG`: every mistake of a configuration, as the agent would refuse it.
#include <fmt/core.h>

#include "agent/config/load.h"
#include "agent/core/json.h"
#include "drivers/registry.h"
#include "tools/cli/catalog.h"
#include "tools/cli/command.h"
#include "tools/cli/rehearsal.h"

namespace afferent::cli {
namespace {

int report_json(const config::Loaded& loaded, const std::vector<std::string>& notes) {
  core::JsonWriter json;
  json.begin_object().field("ok", loaded.problems.empty()).key("problems").begin_array();
  for (const config::Problem& problem : loaded.problems) {
    json.begin_object().field("file", problem.source.file).field("line", problem.source.line).field("key", problem.key);
    json.field("message", problem.message).end_object();
  }
  json.end_array().key("notes").begin_array();
  for (const std::string& note : notes) json.value(note);
  fmt::print("{}\n", json.end_array().end_object().take());
  return loaded.problems.empty() ? 0 : 1;
}

int check(const std::string& path, const Common& common) {
  plugin::Loader plugins(drivers::built_in());
  config::Loaded loaded = config::load(path, catalog(plugins));
  Rehearsed rehearsed = rehearse(loaded);
  loaded.problems = std::move(rehearsed.problems);
  const std::vector<std::string>& notes = rehearsed.notes;
  if (common.json) return report_json(loaded, notes);
  for (const config::Problem& problem : loaded.problems) fmt::print(stderr, "{}\n", problem.text());
  if (!loaded.problems.empty()) {
    fmt::print(stderr, "{}: {} mistake{}\n", path, loaded.problems.size(), loaded.problems.size() == 1 ? "" : "s");
    return 1;
  }
  for (const std::string& note : notes) fmt::print("note: {}\n", note);
  const config::Config& config = loaded.config;
  fmt::print("{}: correct: node {}, {} ports, {} devices, {} rules\n", path, config.node.id, config.ports.size(),
             config.devices.size(), config.rules.size());
  return 0;
}

}  // namespace

Command add_check(CLI::App& parent, const Common& common) {
  CLI::App* app = parent.add_subcommand("check", "Report every mistake of a configuration");
  auto path = std::make_shared<std::string>();
  app->add_option("CONFIG", *path, "TOML file; conf.d/*.toml beside it are read too")->required();
  return {app, [path, &common] { return check(*path, common); }};
}

}  // namespace afferent::cli
