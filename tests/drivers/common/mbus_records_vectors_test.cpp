// The single records, times and numbers of the shared vectors.
#include <doctest/doctest.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <map>
#include <string>

#include "drivers/common/mbus_header.h"
#include "drivers/common/mbus_meaning.h"
#include "drivers/common/mbus_records.h"
#include "drivers/common/mbus_time.h"

namespace afferent::drivers::mbus {
namespace {

std::string member(const std::string& line, const std::string& key) {
  const std::string start = "\"" + key + "\": \"";
  const std::size_t at = line.find(start);
  if (at == std::string::npos) return {};
  return line.substr(at + start.size(), line.find('"', at + start.size()) - at - start.size());
}

// What the prose of the `expected` column means as a channel; times in seconds since 1970.
struct Expected {
  std::string channel;  // empty: none
  double value;
};
const std::map<std::string, Expected> kRecords{
    {"01FB1B36", {"humidity", 54}},  // the source's parser does not know it; the note says what it is
    {"0266D900", {"temperature", 21.7}},
    {"0313153100", {"volume", 12.565}},
    {"046D32371F15", {"meter_time", 1212277800}},
    {"0613153112345600", {"volume", 370240794.901}},
    {"8780C04084001A0C000000000000", {"energy_unit6", 30.98}},
    {"DA023B1301", {"flow_max@5", 0.113}},
    {"0C1427048502", {"volume", 28504.27}},
    {"02FF200001", {"", 256}},
    {"02FD170000", {"error_flags", 0}},
    {"426CFE04", {"meter_date@1", 1177891200}},
    {"057C096369746568746E79536CB22942", {"", 42.42424}},
    {"3D13C51234567890", {"volume_error", 9078563.412}},
    {"2D13D51234567890", {"volume_min", -9078563.412}},
    {"04FD3032371F15", {"tariff_start", 1212277800}},
    {"06FD30563412563412", {"tariff_start", 1776883942}},
    {"02FD308111", {"tariff_start", 1325376000}},
};

void check_record(const std::string& hex, const core::Bytes& bytes) {
  const Expected& expected = kRecords.at(hex);
  Records records;
  REQUIRE(read_records(bytes, records));
  REQUIRE(records.list.size() == 1);
  const Record& record = records.list.front();
  const auto meaning = meaning_of(record);
  REQUIRE(meaning.has_value() == !expected.channel.empty());
  if (!meaning) {
    CHECK((record.raw.kind == Raw::Kind::real ? record.raw.real : static_cast<double>(record.raw.integer)) ==
          expected.value);
    return;
  }
  CHECK(meaning->channel.name == expected.channel);
  if (meaning->as == Meaning::As::time) {
    CHECK(static_cast<double>(time_of(record.data).value_or(0)) == expected.value);
  } else {
    CHECK(number_of(record, meaning->as, meaning->scale) == expected.value);
  }
}

std::int64_t seconds_of(const std::string& iso) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  std::sscanf(iso.c_str(), "%d-%u-%uT%d:%d:%d", &year, &month, &day, &hour, &minute, &second);
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  return std::int64_t{std::chrono::sys_days(date).time_since_epoch().count()} * 86400 + hour * 3600 + minute * 60 +
         second;
}

TEST_CASE("all records of the vectors mean what their column says") {
  std::ifstream file(AFFERENT_SHARED "/vectors/mbus_record_vectors.jsonl");
  std::size_t rows = 0;
  for (std::string line; std::getline(file, line); ++rows) {
    const std::string kind = member(line, "kind");
    const std::string hex = member(line, "hex");
    const std::string expected = member(line, "expected");
    CAPTURE(hex);
    const core::Bytes bytes = core::from_hex(hex).value_or(core::Bytes{});
    if (kind == "record") {
      check_record(hex, bytes);
    } else if (kind.starts_with("type")) {
      CHECK(time_of(bytes) == seconds_of(expected));
    } else if (kind == "bcd") {
      CHECK(read_raw(bytes.size() == 1 ? 0x9 : 0xA, 0, bytes).integer ==
            std::stoi(expected.substr(expected[0] == 'B' ? 4 : 0)));
    } else {
      REQUIRE(kind == "manufacturer");
      CHECK(maker_text(static_cast<std::uint16_t>(bytes[0] << 8 | bytes[1])) == expected);
    }
  }
  REQUIRE(rows > 0);
  MESSAGE("mbus_record_vectors: ", rows, " of ", rows, "; exceptions: none");
}

}  // namespace
}  // namespace afferent::drivers::mbus
