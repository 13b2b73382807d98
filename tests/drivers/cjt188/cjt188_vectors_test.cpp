// All published and captured frames of the shared vectors, against their own decode column.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "tests/drivers/cjt188/meter.h"

namespace afferent::test::cjt188 {
namespace {

struct Row {
  std::string hex;
  std::string verdict;
  std::map<std::string, std::string> said;  // the decode column: addr, L, total, month, clock, st, ...
  std::string note;
};

std::vector<std::string> split(const std::string& line, char mark) {
  std::vector<std::string> parts;
  std::size_t from = 0;
  for (std::size_t at = line.find(mark); at != std::string::npos; at = line.find(mark, from)) {
    parts.push_back(line.substr(from, at - from));
    from = at + 1;
  }
  parts.push_back(line.substr(from));
  return parts;
}

std::vector<Row> rows() {
  std::ifstream file(AFFERENT_SHARED "/vectors/cjt188_frames.tsv");
  std::vector<Row> rows;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    const auto columns = split(line, '\t');
    REQUIRE(columns.size() >= 4);
    Row row{columns[0], columns[1], {}, columns[3]};
    for (const std::string& pair : split(columns[2], ' ')) {
      if (const auto equals = pair.find('='); equals != std::string::npos) {
        row.said[pair.substr(0, equals)] = pair.substr(equals + 1);
      }
    }
    rows.push_back(std::move(row));
  }
  REQUIRE_FALSE(rows.empty());
  return rows;
}

std::map<std::string, std::string> values(const Meter& meter) {
  std::map<std::string, std::string> values;
  for (const std::string& reading : meter.read()) {
    const auto equals = reading.find('=');
    values[reading.substr(0, equals)] = reading.substr(equals + 1);
  }
  return values;
}

std::string clock_text(const std::string& reading) {
  if (reading.empty()) return {};
  const std::chrono::sys_seconds time{std::chrono::seconds(std::stoll(reading))};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  char text[32];
  std::snprintf(text, sizeof text, "%04d%02u%02u%02d%02d%02d", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text;
}

std::string number_text(const std::string& text) { return text_of(std::stod(text)); }

void check_status(const std::string& status, std::map<std::string, std::string>& read) {
  const int st0 = std::stoi(status.substr(0, 2), nullptr, 16);
  static const std::map<int, std::string> kValve{{0, "open"}, {1, "closed"}, {2, ""}, {3, "fault"}};
  CHECK(read["valve"] == kValve.at(st0 & 3));
  CHECK(read["flag_low_battery"] == ((st0 & 4) != 0 ? "true" : "false"));
}

void check_values(const Row& row, std::map<std::string, std::string> read) {
  const auto said = [&](const char* key) {
    const auto found = row.said.find(key);
    return found == row.said.end() ? std::string() : found->second;
  };
  if (!said("total").empty()) CHECK(read["volume"] == number_text(said("total")) + " m3");
  if (!said("month").empty()) {
    CHECK(read["volume_due"] == (said("month") == "n/a" ? std::string() : number_text(said("month")) + " m3"));
  }
  if (const std::string clock = said("clock"); !clock.empty()) {
    const bool none = clock == std::string(14, '0') || clock == std::string(14, 'F');
    CHECK(clock_text(read["meter_time"]) == (none ? std::string() : clock));
  }
  if (!said("st").empty()) check_status(said("st"), read);
}

// What the notes say of the rows whose decode column holds no values.
const std::map<std::string, std::vector<std::string>> kNoted{
    {"6820380421080059", {"energy=5328.19 kWh", "energy_due=5328.19 kWh", "volume=1833.42 m3"}},
    {"6820512131170011",
     {"volume=0.19 m3", "supply_temperature=30.76 degC", "return_temperature=30.68 degC", "operating_time=273 h",
      "meter_time=1189597292 s", "flag_low_battery=true"}},
    {"FEFEFE6820134706",
     {"supply_temperature=23.02 degC", "return_temperature=23.11 degC", "operating_time=5834 h",
      "meter_time=1693904949 s"}},
    {"6825910920590011",
     {"energy=3 kWh", "volume=0.27 m3", "supply_temperature=14.6 degC", "return_temperature=14.74 degC",
      "operating_time=5446 h", "meter_time=1271929791 s"}},
    {"6825121924182731",
     {"energy_due=274.11 kWh", "energy=54427.88 kWh", "volume=7156.08 m3", "supply_temperature=26.79 degC",
      "return_temperature=26.64 degC", "operating_time=74766 h", "meter_time=1756921931 s", "valve=open"}},
    {"FEFEFE6810776655", {"volume=123456.78 m3", "valve=open"}},
};

TEST_CASE("all frames of the vectors behave as their columns say") {
  std::size_t good = 0;
  std::size_t bad = 0;
  std::size_t with_readings = 0;
  for (const Row& row : rows()) {
    CAPTURE(row.hex);
    Meter meter;
    meter.receives(row.hex);
    meter.times_out();
    if (row.verdict != "OK") {
      ++bad;
      CHECK(meter.sink.rejects.size() == 1);
      CHECK(meter.read().empty());
      continue;
    }
    ++good;
    CHECK(meter.sink.rejects.empty());
    const bool reply = (std::stoi(row.said.at("C"), nullptr, 16) & 0x80) != 0;
    REQUIRE(meter.sink.heard_of.size() == (reply ? 1 : 0));
    if (reply) CHECK(meter.sink.heard_of[0].first == row.said.at("addr"));
    check_values(row, values(meter));
    const auto read = meter.read();
    with_readings += read.empty() ? 0 : 1;
    if (reply && row.said.at("L") != "3") CHECK_FALSE(read.empty());
    const auto noted = kNoted.find(row.hex.substr(0, 16));
    if (noted == kNoted.end()) continue;
    for (const std::string& expected : noted->second) {
      CHECK_MESSAGE(std::find(read.begin(), read.end(), expected) != read.end(), expected);
    }
  }
  MESSAGE("vectors: ", good, " right frames, ", with_readings, " of them with readings, ", bad, " refused");
  CHECK(good > 20);
  CHECK(bad > 10);
}

TEST_CASE("frames of the vectors whose checksum is wrong are read once it is right") {
  std::size_t repaired = 0;
  for (const Row& row : rows()) {
    if (!row.verdict.starts_with("BAD_CS")) continue;
    CAPTURE(row.hex);
    const std::string body = row.hex.substr(row.hex.find("68"));
    Meter meter("clock_order=normal");
    meter.receives(framed(body.substr(0, body.size() - 4)));
    if (row.said.contains("clock") && row.said.at("clock").starts_with("20")) check_values(row, values(meter));
    if (row.said.contains("total")) CHECK(values(meter)["volume"] == number_text(row.said.at("total")) + " m3");
    ++repaired;
  }
  MESSAGE("vectors: ", repaired, " frames read with their checksum put right");
  CHECK(repaired > 10);
}

}  // namespace
}  // namespace afferent::test::cjt188
