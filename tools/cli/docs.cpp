// `afferent docs configuration`: the reference of all configuration keys, as it stands in docs/configuration.md, or the
// tables that it is made from as JSON.
#include <fmt/core.h>

#include "agent/config/fields.h"
#include "agent/config/markdown.h"
#include "agent/core/json.h"
#include "tools/cli/catalog.h"
#include "tools/cli/command.h"
#include "tools/cli/field_keys.h"

namespace afferent::cli {
namespace {

std::string type_of(const core::ConfigField& field) { return std::string(config::type_name(field.type)); }

void write(core::JsonWriter& json, std::string_view name, std::span<const core::ConfigField> fields) {
  write_keys(json, name, fields, type_of);
}

std::string as_json(const config::Catalog& catalog) {
  core::JsonWriter json;
  json.begin_object().key("sections").begin_array();
  for (const config::Section& section : config::sections()) {
    json.begin_object().field("name", section.name).field("list", section.several).field("help", section.summary);
    write(json, "keys", section.fields);
    json.end_object();
  }
  json.end_array().key("drivers").begin_array();
  for (const core::DriverSpec* driver : catalog.drivers) {
    json.begin_object().field("name", driver->name).field("help", driver->summary);
    write(json, "keys", driver->options);
    write(json, "profile_keys", driver->profile);
    json.end_object();
  }
  json.end_array().key("rules").begin_array();
  for (const core::RuleKindSpec* rule : catalog.rules) {
    json.begin_object().field("name", rule->name).field("help", rule->summary);
    write(json, "keys", rule->options);
    json.end_object();
  }
  json.end_array().end_object();
  return json.take();
}

}  // namespace

Command add_docs(CLI::App& parent, const Common& common) {
  CLI::App* app = parent.add_subcommand("docs", "Print a reference page made from this build's own tables");
  auto page = std::make_shared<std::string>();
  app->add_option("PAGE", *page, "configuration")->required()->check(CLI::IsMember({"configuration"}));
  return {app, [page, &common] {  // the parser writes to `page`
            const config::Catalog tables = catalog();
            fmt::print("{}", common.json ? as_json(tables) + "\n" : config::render_markdown(tables));
            return 0;
          }};
}

}  // namespace afferent::cli
