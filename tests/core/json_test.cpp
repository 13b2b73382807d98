#include "agent/core/json.h"

#include <doctest/doctest.h>

#include <limits>

TEST_CASE("json puts commas where they belong and escapes what must be") {
  afferent::core::JsonWriter json;
  json.begin_object()
      .field("a", 1)
      .field("b", "x\"\\\n\x01")
      .key("c")
      .begin_array()
      .value(0.1)
      .value(true)
      .null()
      .begin_object();
  json.end_object().end_array().field("d", std::numeric_limits<double>::quiet_NaN()).end_object();
  CHECK(json.take() == R"({"a":1,"b":"x\"\\\n\u0001","c":[0.1,true,null,{}],"d":null})");
}
