#include "drivers/common/command_arguments.h"

#include <doctest/doctest.h>

using namespace afferent;
using drivers::local_seconds;

TEST_CASE("an argument that was not given is empty") {
  const core::DeviceCommand command{{}, "write", {{"to", "5"}}};
  CHECK(drivers::argument(command, "to") == "5");
  CHECK(drivers::argument(command, "from").empty());
  CHECK(drivers::argument_error("to", "5", "must be 6").message() == "to=5: must be 6");
}

TEST_CASE("a local time is read by the second, within the years that the clock can say") {
  CHECK(local_seconds("1970-01-01T00:00:00", 1970, 9999) == 0);
  CHECK(local_seconds("2000-01-01T00:00:00", 2000, 2099) == 946684800);
  CHECK(local_seconds("2099-12-31T23:59:59", 2000, 2099) == 4102444799);
  CHECK_FALSE(local_seconds("1999-12-31T23:59:59", 2000, 2099));
  CHECK_FALSE(local_seconds("2100-01-01T00:00:00", 2000, 2099));
  for (const char* text :
       {"", "2026-02-30T00:00:00", "2026-01-01T24:00:00", "2026-01-01T00:60:00", "2026-01-01T00:00:60",
        "2026-01-01 00:00:00", "2026-01-01T00:00:00Z", "2026-1-01T00:00:000"}) {
    CAPTURE(text);
    CHECK_FALSE(local_seconds(text, 1970, 9999));
  }
}
