#include "agent/config/markdown.h"

#include <doctest/doctest.h>

#include "agent/config/fields.h"
#include "tests/config/fixture.h"

using namespace afferent;

TEST_CASE("the reference names every key of every table") {
  const test::ConfigFolder folder;
  const std::string page = config::render_markdown(folder.catalog());
  for (const config::Section& section : config::sections()) {
    for (const core::ConfigField& field : section.fields) {
      CAPTURE(field.key);
      CHECK(page.find("| `" + std::string(field.key) + "`") != std::string::npos);
    }
  }
  for (const char* text :
       {"## [node]\n", "## [[device]]\n", "| `place.latitude` | number |  | -90 to 90 |", "| `calibration[].scale` |",
        "### driver = \"modbus\"\n", "#### Profiles of modbus\n", "| `value[].register` (required) |",
        "### kind = \"rate\"\n", "| `poll` | duration | `10 s` | 0 s to 31 d |"}) {
    CAPTURE(text);
    CHECK(page.find(text) != std::string::npos);
  }
}
