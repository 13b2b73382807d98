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

struct Own {
  std::string file;
  std::string variables = {};  // as the profile of the product has them
};

// By vendor, or by codec where one vendor's products differ in their variables.
const std::map<std::string, Own, std::less<>> kCodecs{
    {"netvox", {"netvox.js"}},
    {"milesight-iot", {"milesight_em.js"}},
    {"dragino", {"dragino_distance.js"}},
    {"aquascope", {"aquascope.js"}},
    {"keller", {"keller.js"}},
    {"mclimate", {"mclimate_flood.js"}},
    {"pepperl-fuchs", {"wilsen.js"}},
    {"dl-lid-codec", {"decentlab.js", R"({"product":"lid"})"}},
    {"dl-pr21-1-10-codec", {"decentlab.js", R"({"product":"pressure","minimum":"-1","maximum":"10"})"}},
    {"dl-pr26-0-1-codec", {"decentlab.js", R"({"product":"pressure","minimum":"0","maximum":"1"})"}}};

TEST_CASE("uplinks of devices with a codec of our own decode as published") {
  std::map<std::string, std::unique_ptr<Script>> scripts;
  for (const auto& [name, own] : kCodecs) {
    scripts[name] =
        std::make_unique<Script>(text_of_file(std::string(AFFERENT_SOURCE "/drivers/lorawan/profiles/") + own.file));
    scripts[name]->variables = own.variables;
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
    auto found = scripts.find(std::string((*row)["codec"].text()));
    if (found == scripts.end()) found = scripts.find(vendor);
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
                              << (exceptions.empty() ? exceptions : "; without a codec here:" + exceptions));
  CHECK(good == 69);
}

}  // namespace
}  // namespace afferent::test
