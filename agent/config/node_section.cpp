// [node]: the gateway itself.
#include "agent/config/cameras.h"
#include "agent/config/files.h"
#include "agent/config/loading.h"
#include "agent/config/names.h"

namespace afferent::config {

using core::ConfigNode;

namespace {

// Before any device is read, which may name one of these drivers.
void load_plugins(Loading& loading, const ConfigNode& files) {
  for (const ConfigNode& file : files.list()) {
    const std::string path = resolved(std::string(file.text()), file.source().file);
    if (!loading.catalog.load_driver) {
      loading.problem(file, "node.plugins", "this program has the built-in drivers only");
    } else if (auto driver = loading.catalog.load_driver(path)) {
      loading.drivers.push_back(*driver);
    } else {
      loading.problem(file, "node.plugins", in_quotes(path) + ": " + driver.error().message());
    }
  }
}

}  // namespace

void read_node(Loading& loading, const ConfigNode& root) {
  ConfigNode section = section_table(root, "node");
  // A file that could not be parsed may hold the section.
  if (loading.incomplete && !root.has("node")) return;
  section = with(section, "area", as_path(section["area"]));
  const ConfigNode table = checked(loading, section, node_fields(), "node");

  NodeConfig& node = loading.config.node;
  node.id = table["id"].text();
  if (!node.id.empty() && !is_node_id(node.id)) {
    loading.problem(
        table["id"], "node.id",
        in_quotes(node.id) + " is not an id; allowed: a-z, 0-9, '_' and '-', beginning with a letter or digit");
  }
  node.area = grid_path(loading, table["area"], "node.area");
  node.timezone = table["timezone"].text("UTC");
  if (auto problem = timezone_problem(node.timezone)) {
    loading.problem(table["timezone"], "node.timezone", std::move(*problem));
  }
  node.board = table["board"].text("pc");
  node.language = table["language"].text("en");
  node.control_socket = resolved(std::string(table["control_socket"].text()), table["control_socket"].source().file);
  node.socket_from = table["control_socket"].source();
  node.replay = table["replay"].boolean();
  load_plugins(loading, table["plugins"]);
  if (table.has("cameras")) node.cameras = read_cameras(loading, table["cameras"], section["cameras"]);
  // A board that was refused has its problem already.
  if (table.has("board"))
    loading.board = load_board(node.board, loading.places, table["board"].source(), loading.problems);
}

}  // namespace afferent::config
