#include "drivers/common/option_error.h"

#include <doctest/doctest.h>

using namespace afferent;

TEST_CASE("an error of an option says where it stands") {
  const core::ConfigNode node(std::string("9"), {"a.toml", 7});
  CHECK(drivers::config_error(node, "too much").message() == "a.toml:7: too much");
  CHECK(drivers::option_error(node, "key", "too much").message() == "a.toml:7: key: too much");
  CHECK(drivers::value_error(node, "key", "9", "too much").message() == "a.toml:7: key = \"9\": too much");
  CHECK(drivers::config_error(node, "too much").code() == core::ErrorCode::bad_config);
}

TEST_CASE("an error of an option without a source begins with what is wrong") {
  const core::ConfigNode node(std::string("9"), {});
  CHECK(drivers::config_error(node, "too much").message() == "too much");
  CHECK(drivers::option_error(node, "key", "too much").message() == "key: too much");
  CHECK(drivers::value_error(node, "key", "9", "too much").message() == "key = \"9\": too much");
}
