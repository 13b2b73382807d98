// All published frames of the shared vectors: each is right, and those of its decode column are read.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "tests/drivers/sl651/bench.h"

namespace afferent::test::sl651 {
namespace {

// What the decode column says of each uplink frame that holds values, by its CRC.
const std::map<std::string, std::vector<std::string>> kSaid{
    {"20FA", {"rain=0.5 mm", "rain_total=0.5 mm", "level=0.127 m", "voltage=11.15 V"}},
    {"A421", {"rain=4 mm", "rain_total=4 mm", "level=10.49 m", "voltage=10.99 V"}},
    {"4383", {"rain_5min=0 mm", "rain_total=0 mm", "rain=0 mm", "rain_1h=0 mm", "voltage=12.9 V"}},
};

TEST_CASE("all frames of the vectors are right, and their values are read") {
  std::ifstream file(AFFERENT_SHARED "/vectors/sl651_frames.tsv");
  std::string line;
  std::getline(file, line);
  std::size_t rows = 0;
  std::size_t good = 0;
  std::size_t with_values = 0;
  while (std::getline(file, line)) {
    std::istringstream columns(line);
    std::string hex;
    std::string crc_ok;
    std::string decode;
    REQUIRE(std::getline(columns, hex, '\t'));
    REQUIRE(std::getline(columns, crc_ok, '\t'));
    REQUIRE(std::getline(columns, decode, '\t'));
    CAPTURE(decode);
    ++rows;
    Bench bench;
    bench.receives(bytes_of(hex));
    bench.times_out();
    CHECK(bench.sink.rejects.empty() == (crc_ok == "True"));
    good += bench.sink.rejects.empty() ? 1 : 0;
    const auto read = bench.read();
    const auto said = kSaid.find(hex.substr(hex.size() - 4));
    CHECK(read.empty() == (said == kSaid.end()));
    if (said == kSaid.end()) continue;
    ++with_values;
    for (const std::string& expected : said->second) {
      const bool found = std::any_of(read.begin(), read.end(),
                                     [&](const std::string& text) { return text.starts_with(expected + " @"); });
      CHECK_MESSAGE(found, expected);
    }
  }
  MESSAGE("sl651_frames: ", good, " of ", rows, ", ", with_values, " of them with values; exceptions: none");
  CHECK(rows >= 8);
  CHECK(good == rows);
  CHECK(with_values == kSaid.size());
}

}  // namespace
}  // namespace afferent::test::sl651
