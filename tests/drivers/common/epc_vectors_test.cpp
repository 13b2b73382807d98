// All EPCs of the shared vectors, against their own columns.
#include <doctest/doctest.h>

#include <fstream>
#include <string>
#include <vector>

#include "drivers/common/epc.h"

namespace afferent::test {
namespace {

std::vector<std::string> columns_of(const std::string& line) {
  std::vector<std::string> columns;
  std::size_t from = 0;
  for (std::size_t at = line.find('\t'); at != std::string::npos; at = line.find('\t', from)) {
    columns.push_back(line.substr(from, at - from));
    from = at + 1;
  }
  columns.push_back(line.substr(from));
  return columns;
}

// "SGTIN+ 01=79521141123453 21=32a/b" says a key, not a URI.
std::string key_said(const std::string& expected) {
  std::string key;
  for (std::size_t at = expected.find(' '); at != std::string::npos;) {
    const std::size_t end = expected.find(' ', at + 1);
    const std::string pair = expected.substr(at + 1, end == std::string::npos ? end : end - at - 1);
    const std::size_t equals = pair.find('=');
    key += "(" + pair.substr(0, equals) + ")" + pair.substr(equals + 1);
    at = end;
  }
  return key;
}

TEST_CASE("all EPCs of the vectors decode as their columns say") {
  std::ifstream file(AFFERENT_SHARED "/vectors/epc_vectors.tsv");
  std::size_t rows = 0;
  std::size_t right = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    const auto columns = columns_of(line);
    REQUIRE(columns.size() >= 3);
    CAPTURE(columns[0]);
    ++rows;
    const auto epc = drivers::epc::decode(core::from_hex(columns[0]).value());
    REQUIRE_MESSAGE(epc.ok(), (epc ? "" : epc.error().message()));
    const bool plus = columns[1].starts_with("SGTIN+");
    const bool same = plus ? epc->gs1_key() == key_said(columns[1]) : epc->tag_uri == columns[1];
    CHECK_MESSAGE(same, epc->tag_uri, " ", epc->gs1_key());
    if (columns[2] != "-") CHECK(epc->pure_identity == columns[2]);
    right += same ? 1 : 0;
  }
  MESSAGE("epc_vectors: ", right, " of ", rows, "; exceptions: none");
  CHECK(rows >= 15);
}

}  // namespace
}  // namespace afferent::test
