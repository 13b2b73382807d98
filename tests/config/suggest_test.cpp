#include "agent/config/suggest.h"

#include <doctest/doctest.h>

using namespace afferent::config;

TEST_CASE("the nearest name is found whatever the slip of the finger") {
  const Names names{"poll", "port", "profile", "reply_timeout"};
  CHECK(nearest("pol", names) == "poll");
  CHECK(nearest("prot", names) == "port");  // swapped
  CHECK(nearest("Profile", names) == "profile");
  CHECK(nearest("reply_time", names) == "reply_timeout");
  CHECK(nearest("colour", names) == "");
  CHECK(nearest("qos", {"host", "user"}) == "");  // two letters of three are another word
  CHECK(nearest("", names) == "");
  CHECK(nearest(std::string(5000, 'p'), names) == "");
}

TEST_CASE("a hint names the nearest or all that would be right") {
  CHECK(hint("pol", {"poll", "unit"}) == "; did you mean 'poll'?");
  CHECK(hint("colour", {"poll", "unit"}) == "; allowed: poll, unit");
  CHECK(hint("colour", {}) == "");
  CHECK(joined({"a", "b", "c"}, 2) == "a, b, ...");
}
