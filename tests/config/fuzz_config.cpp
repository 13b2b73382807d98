// Any bytes as a configuration file: problems at most, and none of them without a place.
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "agent/config/load.h"
#include "agent/rules/engine.h"
#include "drivers/registry.h"

namespace {

// A file of this process alone, overwritten for each input.
std::string own_file() {
  const auto folder = std::filesystem::temp_directory_path() / ("afferent-fuzz-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  return folder / "afferent.toml";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace afferent;
  static const std::string kPath = own_file();
  std::ofstream(kPath, std::ios::binary | std::ios::trunc)
      .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  const config::Loaded loaded = config::load(kPath, {drivers::built_in(), rules::kinds(), ""});
  for (const config::Problem& problem : loaded.problems) {
    if (problem.text().empty()) std::abort();
  }
  return 0;
}
