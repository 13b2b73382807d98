// All telegrams of the shared vectors, against what their sources say of them.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "drivers/common/mbus_records.h"
#include "drivers/wmbus/compact.h"
#include "drivers/wmbus/link.h"
#include "tests/drivers/wmbus/rig.h"

namespace afferent::test::wmbus {
namespace {

using Json = nlohmann::json;

std::vector<std::string> split(const std::string& line, char mark) {
  std::vector<std::string> parts;
  std::stringstream stream(line);
  for (std::string part; std::getline(stream, part, mark);) parts.push_back(part);
  return parts;
}

struct Row {
  std::string driver;
  std::string id;
  std::string key;
  std::vector<std::string> telegrams;
  Json expected;
  std::string bus;
  std::string ci;
  std::string mode;
  bool length_right = true;
};

std::vector<Row> rows() {
  std::ifstream file(AFFERENT_SHARED "/vectors/wmbus_water_vectors.tsv");
  std::vector<Row> rows;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    const auto columns = split(line, '\t');
    REQUIRE(columns.size() >= 15);
    rows.push_back({columns[0], columns[1], columns[2], split(columns[3], ','), Json::parse(columns[4]), columns[5],
                    columns[9], columns[11], columns[13] == "True"});
  }
  REQUIRE(rows.size() > 90);
  return rows;
}

// Why a row cannot be right; empty: it can.
std::string exception_of(const Row& row) {
  if (!row.length_right) return "length byte does not fit the telegram";
  if (row.driver == "supercom587" && row.expected["total_m3"] == 6.548) return "the value is that of another telegram";
  return {};
}

std::optional<double> seconds_of(const std::string& text) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  const int found = std::sscanf(text.c_str(), "%d-%u-%u %d:%d:%d", &year, &month, &day, &hour, &minute, &second);
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  if (found < 3 || !date.ok()) return std::nullopt;
  const auto days = std::chrono::sys_days(date).time_since_epoch();
  return static_cast<double>(std::chrono::seconds(days).count() + hour * 3600 + minute * 60 + second);
}

// Fields that are not in the telegram.
bool is_derived(const Row& row, const std::string& field, const Json& value) {
  // The source counts these days back from the settlement day.
  const bool counted = field.starts_with("history_") && field != "history_reference_date" && field.ends_with("_date");
  if (counted && (row.driver == "waterstarm" || row.driver == "evo868")) return true;
  // A second record of the same kind, whose meaning nobody knows: the first one counts.
  if (row.driver == "kadenwater" && field == "volume_b_m3") return true;
  // Month and day 0, which the source shows as it is.
  if (row.driver == "emerlin868" && field == "target_date") return true;
  // FFFFFF, which the source shows as 0.
  if (row.driver == "hydrodigit" && field.ends_with("_total_m3") && value == 0) return true;
  // The meter itself marks these times as invalid.
  return (row.id == "50496629" || row.id == "51398765") && field == "meter_datetime";
}

std::string number_of(const std::string& reading) {
  const std::size_t from = reading.find('=') + 1;
  return reading.substr(from, reading.find(' ', from) - from);
}

// Sources leave out seconds, and round to six digits.
bool said_number(const std::vector<std::string>& readings, const std::string& prefix, double lowest, double highest) {
  return std::any_of(readings.begin(), readings.end(), [&](const std::string& reading) {
    if (!reading.starts_with(prefix)) return false;
    const double number = std::stod(number_of(reading));
    return number >= lowest && number <= highest;
  });
}

bool said(const std::vector<std::string>& readings, const std::string& prefix, const std::string& value) {
  return std::any_of(readings.begin(), readings.end(), [&](const std::string& reading) {
    return reading.starts_with(prefix) && reading.substr(reading.find('=') + 1) == value;
  });
}

// Each volume, date and status of the expected telegram; the number of those compared.
std::size_t compare(const Row& row, const Rig& rig) {
  std::size_t compared = 0;
  const auto readings = rig.read();
  for (const auto& [field, value] : row.expected.items()) {
    CAPTURE(field);
    if (field == "timestamp" || is_derived(row, field, value)) continue;
    if (field == "total_m3") {
      const double total = value.get<double>();
      if (row.driver == "apator08") {
        CHECK(said_number({rig.value("volume")}, "", total - 1e-6, total + 1e-6));
      } else {
        CHECK(rig.value("volume") == text_of(total) + " m3");
      }
    } else if (field.ends_with("_m3") && value.is_number()) {
      // A stored register that was never written: read, but not as good.
      const bool unset = value.get<double>() == -0.001 || value.get<double>() == 80000;
      CHECK(said(readings, "volume", text_of(value.get<double>()) + (unset ? " m3 ?" : " m3")));
    } else if ((field.ends_with("date") || field.ends_with("datetime")) && value.is_string()) {
      const auto time = seconds_of(value.get<std::string>());
      REQUIRE(time.has_value());
      const std::string prefix = field == "leak_date" ? field : field == "fraud_date" ? "tamper_date" : "meter_";
      CHECK(said_number(readings, prefix, *time, field.ends_with("datetime") ? *time + 59 : *time));
    } else if (field == "status") {
      const std::string status = value.get<std::string>();
      if (status.find("TEMPORARY_ERROR") != status.npos) CHECK(rig.value("flag_temporary_error") == "true");
      if (status.find("PERMANENT_ERROR") != status.npos) CHECK(rig.value("flag_permanent_error") == "true");
      if (status == "DRY") CHECK(rig.value("flag_dry") == "true");
    } else {
      continue;
    }
    ++compared;
  }
  return compared;
}

TEST_CASE("telegrams of real meters are read as their source reads them") {
  std::map<std::string, std::size_t> exceptions;
  std::size_t total = 0;
  std::size_t right = 0;
  std::size_t values = 0;
  for (const Row& row : rows()) {
    if (row.bus != "wmbus") continue;
    ++total;
    CAPTURE(row.driver);
    CAPTURE(row.id);
    Rig rig(row.key == "NOKEY" ? "" : "key=" + row.key);
    for (const std::string& telegram : row.telegrams) rig.receives(std::string_view(telegram));
    rig.pauses();
    if (const std::string exception = exception_of(row); !exception.empty()) {
      ++exceptions[exception];
      CHECK(rig.value("volume").empty() == !row.length_right);
      continue;
    }
    CHECK_MESSAGE(rig.sink.rejects.empty(), rig.why());
    std::string id = row.id;
    std::transform(id.begin(), id.end(), id.begin(), [](unsigned char c) { return std::toupper(c); });
    REQUIRE_FALSE(rig.sink.heard_of.empty());
    CHECK(rig.sink.heard_of.back().first == id);
    values += compare(row, rig);
    ++right;
  }
  std::string text;
  for (const auto& [why, count] : exceptions) text += "; " + std::to_string(count) + ": " + why;
  MESSAGE("wmbus_water_vectors: ", right, " of ", total, ", ", values, " values; exceptions", text);
  CHECK(right == 87);
  CHECK(values > 400);
}

// By the start of the name: what must have been read.
const std::map<std::string, std::vector<std::string>> kStandard{
    {"JMBus Test Case: Decode negative",
     {"energy=0 kWh", "volume=0 m3", "on_time=14122 h", "supply_temperature=24.1 degC", "return_temperature=-4 degC",
      "flag_temporary_error=true"}},
    {"JMBus Test Case: Decryption Test", {"volume=474.24 m3", "volume@1=473.247 m3"}},
    {"JMBus Test Case: General Test #1", {"error_flags=1"}},
    {"JMBus Test Case: Magnetic Sensor Test #1", {"heat_cost_units=110", "flag_low_battery=true"}},
    {"JMBus Test Case: Magnetic Sensor Test #2", {"error_flags=0", "access_number=2300", "flag_low_battery=true"}},
    {"JMBus Test Case: Short Telegram Test #1",
     {"energy=25879 kWh", "volume=644.33 m3", "energy@1=25847 kWh", "volume@1=642.32 m3", "flow=0.011 m3/h",
      "supply_temperature=45.71 degC", "return_temperature=28.44 degC"}},
    {"JMBus Test Case: Short Telegram Test #2",
     {"energy=2982 kWh", "volume=68.57 m3", "flow=0 m3/h", "supply_temperature=29.93 degC",
      "return_temperature=24.07 degC"}},
    {"JMBus Test Case: WMBus Demo Message Test #1",
     {"meter_time=1408947900 s", "volume=1.234 m3", "volume@1=0 m3", "meter_date@1=1388448000 s"}},
    {"JMBus Test Case: WMBus Demo Message Test #3",
     {"volume=0.494 m3", "volume@1=0.274 m3", "volume@2=0.325 m3", "meter_date=1540252800 s", "error_flags=1024"}},
    {"OMS Examples: wM-Bus Meter", {"volume=28504.27 m3", "meter_time=1212277800 s", "error_flags=0"}},
    {"OMS Examples: Frame type B", {"volume=876.543 m3"}},
    {"PRIOS raw", {"volume=175.854 m3", "volume@1=172.125 m3"}},
    {"Techem water", {"volume=13.8 m3", "volume@1=8.9 m3", "meter_date@1=1546214400 s", "meter_date=1556323200 s"}},
    {"OMS Annex N",
     {"heat_cost_units=1234", "heat_cost_units@1=23456", "meter_date@1=1177891200 s", "customer_location=12345678",
      "flag_low_battery=true"}},
    {"ELL-CTR compact", {"energy=282.7 kWh", "energy_reverse=0 kWh", "error_flags=0"}},
};

// By the start of the name: the reject that it must give.
const std::map<std::string, std::string> kRefused{
    {"Frame B 3rd block", "ends within a DIF"},  // right checksums around bytes that are no records
};

template <class Map>
auto named(const Map& map, const std::string& name) {
  return std::find_if(map.begin(), map.end(), [&](const auto& entry) { return name.starts_with(entry.first); });
}

TEST_CASE("examples of the standards are read as they are printed") {
  std::ifstream file(AFFERENT_SHARED "/vectors/wmbus_std_vectors.jsonl");
  std::size_t read = 0;
  std::size_t refused = 0;
  std::size_t nothing = 0;
  std::string before;  // a meter's whole telegram comes before its compact one
  for (std::string line; std::getline(file, line);) {
    const Json row = Json::parse(line);
    const std::string name = row["name"];
    if (row["format"] == "APL fragment") continue;
    CAPTURE(name);
    for (const char* field : {"hex", "hex_nocrc"}) {
      if (!row.contains(field)) continue;
      Rig rig(row["key"].is_null() ? "" : "key=" + row["key"].get<std::string>());
      if (name.find("full then compact") != name.npos) {
        rig.receives(std::string_view(before));
        rig.sink.readings.clear();
      }
      rig.receives(std::string_view(row[field].get<std::string>()));
      const auto readings = rig.read();
      if (const auto why = named(kRefused, name); why != kRefused.end()) {
        CHECK_MESSAGE(rig.why().find(why->second) != std::string::npos, rig.why());
        CHECK(readings.empty());
        ++refused;
      } else if (const auto expected = named(kStandard, name); expected != kStandard.end()) {
        CHECK_MESSAGE(rig.sink.rejects.empty(), rig.why());
        for (const std::string& one : expected->second) {
          CHECK_MESSAGE(std::find(readings.begin(), readings.end(), one) != readings.end(), one);
        }
        ++read;
      } else if (name.find("DIF 64bit integer") != name.npos) {
        CHECK_MESSAGE(rig.sink.rejects.empty(), rig.why());
        ++nothing;
      } else {
        REQUIRE(name.find("full then compact") != name.npos);
        CHECK_MESSAGE(rig.sink.rejects.empty(), rig.why());
        CHECK(rig.value("energy") == "25879 kWh");
        ++read;
      }
    }
    if (name.find("Short Telegram Test #1") != name.npos) before = row["hex"];
  }
  MESSAGE("wmbus_std_vectors: ", read, " telegrams read, ", nothing, " right and without readings, ", refused,
          " refused as they must be");
  CHECK(read > 20);
}

TEST_CASE("application layers of the vectors work with compact frames") {
  std::ifstream file(AFFERENT_SHARED "/vectors/wmbus_std_vectors.jsonl");
  std::map<std::string, core::Bytes> parts;
  for (std::string line; std::getline(file, line);) {
    const Json row = Json::parse(line);
    if (row["format"] == "APL fragment") parts[row["name"]] = bytes_of(row["hex"].get<std::string>());
  }
  REQUIRE(parts.size() == 6);
  namespace mbus = drivers::mbus;
  const mbus::Identity meter{0x12345678, 0x2C2D, 0x1B, 0x16};
  drivers::wmbus::CompactFormats formats;
  mbus::Records records;
  std::string why;
  const auto after = [](const core::Bytes& bytes, std::size_t count) { return core::ByteView(bytes).subspan(count); };

  REQUIRE(formats.learn(meter, after(parts["EN13757-3 G.5.2 format frame (CI69)"], 1), why));
  for (const auto& [name, head] :
       {std::pair("EN13757-3 G.5.2 compact (CI79)", 1), std::pair("G.5.3 compact (CI7B)", 5)}) {
    REQUIRE_MESSAGE(formats.expand(meter, after(parts[name], static_cast<std::size_t>(head)), records, why), why);
    REQUIRE(records.list.size() == 3);
    CHECK(records.list[0].raw.integer == 1234);
    CHECK(records.list[1].raw.integer == 5678);
    CHECK(records.list[2].raw.integer == 9012);
  }
  REQUIRE(mbus::read_records(after(parts["KAM full/compact regression full"], 1), records));
  formats.learn(meter, records);
  REQUIRE_MESSAGE(formats.expand(meter, after(parts["KAM full/compact regression compact"], 1), records, why), why);
  CHECK(records.list.size() == 6);
  REQUIRE(mbus::read_records(parts["compact profile F.2.7"], records));
  CHECK(records.list.size() == 3);
}

}  // namespace
}  // namespace afferent::test::wmbus
