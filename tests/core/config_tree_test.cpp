#include "agent/core/config_tree.h"

#include <doctest/doctest.h>

using afferent::core::ConfigNode;

TEST_CASE("a tree answers with a default where there is nothing or something else") {
  ConfigNode::Table table;
  table.emplace("port", ConfigNode(std::int64_t{502}, {"a.toml", 3}));
  table.emplace("name", ConfigNode(std::string("x"), {"a.toml", 4}));
  const ConfigNode node(std::move(table), {"a.toml", 2});
  CHECK(node["port"].integer() == 502);
  CHECK(node["port"].real() == 502.0);
  CHECK(node["port"].source().text() == "a.toml:3");
  CHECK(node["name"].integer(7) == 7);
  CHECK(node["nothing"]["deeper"].text("none") == "none");
  CHECK_FALSE(node.has("nothing"));
}
