// The published answers of the shared vectors: their CRC and their values.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>

#include "drivers/sdi12/answer.h"
#include "tests/drivers/sdi12/bench.h"

namespace afferent::test::sdi12 {
namespace {

TEST_CASE("all answers of the vectors have the CRC of their row and are read") {
  std::ifstream file(AFFERENT_SHARED "/vectors/sdi12_crc.tsv");
  std::string line;
  std::getline(file, line);
  std::size_t rows = 0;
  std::size_t good = 0;
  while (std::getline(file, line)) {
    std::istringstream columns(line);
    std::string answer;
    std::string crc;
    REQUIRE(std::getline(columns, answer, '\t'));
    REQUIRE(std::getline(columns, crc, '\t'));
    CAPTURE(answer);
    ++rows;
    CHECK(drivers::sdi12::crc_of(answer) == crc);
    Bench bench;
    bench.receives(answer + crc + "\r\n");
    const auto signs = std::count_if(answer.begin(), answer.end(), [](char c) { return c == '+' || c == '-'; });
    CHECK(bench.sink.rejects.empty());
    CHECK(bench.read().size() == static_cast<std::size_t>(signs));
    good += bench.sink.rejects.empty() && !bench.read().empty() ? 1 : 0;
  }
  MESSAGE("sdi12_crc: ", good, " of ", rows, "; exceptions: none");
  CHECK(rows >= 3);
  CHECK(good == rows);
}

}  // namespace
}  // namespace afferent::test::sdi12
