// The published uplinks of devices for which Afferent brings a codec of its own.
#include <fstream>
#include <iterator>
#include <map>
#include <memory>

#include "tests/tools/codec_script.h"

namespace afferent::test {
namespace {

std::string text_of_file(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

const std::map<std::string, std::string, std::less<>> kCodecs{
    {"netvox", "netvox.js"}, {"milesight-iot", "milesight_em.js"}, {"dragino", "dragino_distance.js"}};

TEST_CASE("uplinks of devices with a codec of our own decode as published") {
  std::map<std::string, std::unique_ptr<Script>> scripts;
  for (const auto& [vendor, file] : kCodecs) {
    scripts[vendor] =
        std::make_unique<Script>(text_of_file(std::string(AFFERENT_SOURCE "/drivers/lorawan/profiles/") + file));
  }
  std::ifstream file(AFFERENT_SHARED "/vectors/lorawan_uplinks.jsonl");
  std::size_t rows = 0;
  std::size_t good = 0;
  std::map<std::string, int> without;
  for (std::string line; std::getline(file, line);) {
    const auto row = drivers::read_json(line);
    REQUIRE(row);
    ++rows;
    const std::string vendor((*row)["vendor"].text());
    const auto found = scripts.find(vendor);
    if (found == scripts.end()) {
      ++without[vendor];
      continue;
    }
    CAPTURE(line);
    const std::string given =
        found->second->decode(std::string((*row)["hex"].text()), static_cast<std::uint8_t>((*row)["fPort"].number()));
    const auto result = drivers::read_json(given);
    REQUIRE_MESSAGE(result, given);
    CHECK_MESSAGE(same_json(*result, (*row)["output"]), given);
    good += same_json(*result, (*row)["output"]) ? 1 : 0;
  }
  std::string exceptions;
  for (const auto& [vendor, count] : without) exceptions += " " + vendor + " " + std::to_string(count);
  MESSAGE("lorawan_uplinks: " << good << " of " << rows
                              << "; without a codec here (the makers' are not in the vectors):" << exceptions);
  CHECK(good == 54);
}

}  // namespace
}  // namespace afferent::test
