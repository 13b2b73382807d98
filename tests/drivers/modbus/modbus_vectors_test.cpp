// The shared vectors: each row behaves as its columns say.
#include <cmath>
#include <fstream>
#include <sstream>
#include <vector>

#include "tests/drivers/modbus/harness.h"

using namespace afferent;

namespace {

struct Row {
  std::string device;
  std::string frame;
  std::string meaning;
  bool crc_ok = false;
};

std::vector<Row> rows() {
  std::ifstream file(AFFERENT_SHARED "/vectors/modbus_vectors.tsv");
  std::vector<Row> all;
  std::string line;
  std::getline(file, line);  // titles
  while (std::getline(file, line)) {
    std::istringstream parts(line);
    Row row;
    std::string ok;
    std::getline(parts, row.device, '\t');
    std::getline(parts, row.frame, '\t');
    std::getline(parts, row.meaning, '\t');
    std::getline(parts, ok, '\t');
    row.crc_ok = ok.starts_with("True");
    all.push_back(row);
  }
  return all;
}

std::string profile_of(const std::string& device) {
  if (device.find("CEYEKO") != device.npos) return "ceyeko_ludp";
  return device.find("SEN0492") != device.npos ? "dfrobot_sen0492" : "tuf_2000m";
}

std::string unit_of(const std::string& frame) { return "unit = " + std::to_string(test::hex(frame)[0]); }

// The metres that a row's meaning ends with: "... -> 0.16 m (unit cm)", "0x070B = 1803 mm".
double metres_in(const std::string& meaning) {
  const auto at = meaning.find_last_of('=') > meaning.find("->") || meaning.find("->") == meaning.npos
                      ? meaning.find_last_of('=') + 1
                      : meaning.find("->") + 2;
  std::istringstream text(meaning.substr(at));
  double number = 0;
  std::string unit;
  text >> number >> unit;
  return unit == "mm" ? number / 1000 : number;
}

}  // namespace

TEST_CASE("shared vectors: a frame is valid exactly when its CRC column says so") {
  const std::vector<Row> all = rows();
  REQUIRE(all.size() >= 5);
  for (const Row& row : all) {
    CAPTURE(row.frame);
    test::Bench bench(unit_of(row.frame), profile_of(row.device));
    bench.received(row.frame);
    CHECK(bench.sink.rejects.empty() == row.crc_ok);
  }
}

TEST_CASE("shared vectors: replies mean what their column says") {
  int replies = 0;
  std::string request;
  for (const Row& row : rows()) {
    CAPTURE(row.frame);
    if (row.meaning.starts_with("read ")) {
      request = row.frame;
      continue;
    }
    if (!row.crc_ok) continue;
    ++replies;
    test::Bench bench(unit_of(row.frame), profile_of(row.device));
    bench.overheard(request);
    bench.received(row.frame);
    REQUIRE(bench.sink.readings.size() == 1);
    CHECK(bench.sink.readings[0].number == metres_in(row.meaning));
  }
  CHECK(replies >= 2);
}
