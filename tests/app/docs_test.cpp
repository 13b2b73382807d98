// The pages that are made from the field tables, and the example, are what the program says today.
#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <span>
#include <string>

#include "agent/config/files.h"
#include "agent/config/load.h"
#include "agent/config/markdown.h"
#include "agent/rules/engine.h"
#include "drivers/registry.h"

using namespace afferent;

namespace {

config::Catalog catalog() { return {drivers::built_in(), rules::kinds(), AFFERENT_BINARY "/share/afferent"}; }

std::string file_text(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

TEST_CASE("docs/configuration.md is what the field tables say") {
  // Rewritten by `afferent docs configuration > docs/configuration.md`.
  const bool fresh = file_text(AFFERENT_SOURCE "/docs/configuration.md") == config::render_markdown(catalog());
  CHECK(fresh);
}

TEST_CASE("the example docs/afferent.toml has no mistake") {
  const config::Loaded loaded = config::load(AFFERENT_SOURCE "/docs/afferent.toml", catalog());
  for (const config::Problem& problem : loaded.problems) FAIL_CHECK(problem.text());
  CHECK(loaded.config.devices.size() == 3);
  CHECK(loaded.config.rules.size() == 4);
}

TEST_CASE("every profile that is installed is right") {
  std::size_t profiles = 0;
  for (const core::DriverSpec* driver : drivers::built_in()) {
    const std::string place = catalog().data_dir;
    for (const std::string& name : config::names_in(place + "/profiles/" + std::string(driver->name), ".toml")) {
      CAPTURE(name);
      ++profiles;
      const config::Profile profile = config::load_profile(*driver, name, std::span(&place, 1));
      for (const config::Problem& problem : profile.problems) FAIL_CHECK(problem.text());
    }
  }
  CHECK(profiles >= 25);
}
