// Cutting payloads into records, and what records mean.
#include "drivers/common/mbus_records.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "drivers/common/mbus_meaning.h"

namespace afferent::drivers::mbus {
namespace {

core::Bytes bytes_of(std::string_view hex) {
  const auto bytes = core::from_hex(hex);
  REQUIRE_MESSAGE(bytes.has_value(), std::string(hex));
  return bytes.value_or(core::Bytes{});
}

struct Read {
  core::Bytes bytes;
  Records records;
  bool ok;
  explicit Read(std::string_view hex) : bytes(bytes_of(hex)), ok(read_records(bytes, records)) {}
};

// "volume=12.565 m3" of the first record; "none" without a meaning, "invalid" without a value.
std::string first(std::string_view hex) {
  const Read read(hex);
  REQUIRE(read.ok);
  REQUIRE_FALSE(read.records.list.empty());
  const Record& record = read.records.list.front();
  const auto meaning = meaning_of(record);
  if (!meaning) return "none";
  const auto number = number_of(record, meaning->as, meaning->scale);
  if (!number) return "invalid";
  return meaning->channel.name + "=" + std::to_string(*number);
}

TEST_CASE("all parts of a DIF with extensions are put together") {
  const Read read("8780C04084001A0C000000000000 DA023B1301");
  REQUIRE(read.ok);
  REQUIRE(read.records.list.size() == 2);
  const Record& energy = read.records.list[0];
  CHECK(energy.subunit == 6);
  CHECK(energy.tariff == 0);
  CHECK(energy.storage == 0);
  CHECK(energy.coding == 7);
  CHECK(core::to_hex(energy.head) == "8780C0408400");
  CHECK(core::to_hex(energy.data) == "1A0C000000000000");
  const Record& flow = read.records.list[1];
  CHECK(flow.function == Function::maximum);
  CHECK(flow.storage == 5);
}

TEST_CASE("storage numbers of ten extensions fill 41 bits") {
  const Read read("CFFFFFFFFFFFFFFFFFFF7F");
  CHECK_FALSE(read.ok);  // a special DIF has no extensions
  const Read largest("C4BFBFBFBFBFBFBFBFBF3F13 01000000");
  REQUIRE(largest.ok);
  CHECK(largest.records.list[0].storage == (std::uint64_t{1} << 41) - 1);
  CHECK(largest.records.list[0].tariff == (1U << 20) - 1);
  CHECK(largest.records.list[0].subunit == 0);
}

TEST_CASE("format bytes of records are those of DIF and VIF, and with them bare values are read again") {
  Records records;
  const core::Bytes payload = bytes_of("02D402 0402 0215 2E16 2F2F 022A 3423 0D78 03333231");
  REQUIRE(read_records(payload, records));
  core::Bytes format;
  append_format(records, format);
  const core::Bytes values = bytes_of("0402 2E16 3423 03333231 2F");
  Records again;
  CHECK(core::to_hex(format) == "02D4020215022A0D78");
  REQUIRE(read_records(format, values, again));
  REQUIRE(again.list.size() == records.list.size());
  for (std::size_t i = 0; i < records.list.size(); ++i) {
    CHECK(again.list[i].raw.integer == records.list[i].raw.integer);
    CHECK(core::to_hex(again.list[i].data) == core::to_hex(records.list[i].data));
  }
  CHECK_FALSE(read_records(format, bytes_of("0402 2E16 34"), again));
  CHECK(again.trouble == "ends within a value");
  CHECK_FALSE(read_records(format, bytes_of("0402 2E16 3423 0333323177"), again));
  CHECK(again.trouble == "more values than the format has");
}

TEST_CASE("what follows maker data is the maker's, and DIF 1F announces another telegram") {
  const Read last("0C13 01000000 0F 010203");
  CHECK(last.ok);
  CHECK(last.records.list.size() == 1);
  CHECK(core::to_hex(last.records.maker_data) == "010203");
  CHECK_FALSE(last.records.more_follows);
  const Read more("0C13 01000000 1F");
  CHECK(more.ok);
  CHECK(more.records.more_follows);
  CHECK(more.records.maker_data.empty());
}

TEST_CASE("payloads that cannot be understood to their end say where and why") {
  const std::vector<std::pair<std::string, std::string>> wrong{
      {"0C13 0100", "ends within a value"},
      {"0C", "ends before the VIF"},
      {"8C", "ends within a DIF"},
      {"0C FD", "ends within a VIF"},
      {"0C 93", "ends within a VIF"},
      {"3F", "reserved DIF"},
      {"0D13", "ends before a variable length"},
      {"0D13 CA", "reserved variable length"},
      {"0D13 F7", "reserved variable length"},
      {"0D13 05 3132", "ends within a value"},
      {"017C", "ends before the unit's length"},
      {"017C 05 4142", "unit is longer than the telegram"},
      {"818B8B8B8B8B8B8B8B8B8B8B13 00", "more than 10 DIFEs"},
      {"0193BBBBBBBBBBBBBBBBBBBB3B 00", "more than 10 VIFEs"},
  };
  for (const auto& [hex, why] : wrong) {
    CAPTURE(hex);
    const Read read(hex);
    CHECK_FALSE(read.ok);
    CHECK(read.records.trouble == why);
    CHECK(read.records.trouble_at <= read.bytes.size());
  }
  CHECK(Read("0193BBBBBBBBBBBBBBBBBB3B 00").ok);
  CHECK(Read("").ok);
}

TEST_CASE("every prefix of a payload is read or refused without reading beyond it") {
  const core::Bytes whole = bytes_of(
      "0C1427048502046D32371F1502FD1700008780C04084001A0C00000000000005 7C09636974656874"
      "6E79536CB229420D13C5123456789084046D002041118B04150030128D04951F0569010302110F0102");
  std::size_t good = 0;
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const core::Bytes part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    Records records;
    good += read_records(part, records) ? 1 : 0;
    for (const Record& record : records.list) {
      CHECK(record.data.data() + record.data.size() <= part.data() + part.size());
    }
  }
  CHECK(good >= 10);
  CHECK(good < whole.size());
}

TEST_CASE("raw values of each coding") {
  CHECK(first("0113 FF") == "volume=-0.001000");
  CHECK(first("0C13 78563412") == "volume=12345.678000");
  CHECK(first("0E13 785634121111") == "volume=111112345.678000");
  CHECK(first("0913 A5") == "volume=-0.005000");
  CHECK(first("0913 BA") == "invalid");
  CHECK(first("0513 00000040") == "volume=0.002000");
  CHECK(first("0513 0000C07F") == "invalid");
  CHECK(first("0513 000080FF") == "invalid");
  CHECK(first("0013") == "invalid");
  CHECK(first("0213 0080") == "invalid");
  CHECK(first("0213 0180") == "volume=-32.767000");
  CHECK(first("0D13 C2 3412") == "volume=1.234000");
  CHECK(first("0D13 D2 3412") == "volume=-1.234000");
  CHECK(first("0D13 E2 3412") == "volume=4.660000");
  CHECK(first("0D13 C0") == "invalid");
}

TEST_CASE("a real number stands for the decimal that the meter means") {
  const Read read("057C096369746568746E79536CB22942");
  REQUIRE(read.ok);
  CHECK(read.records.list[0].raw.real == 42.42424);
  CHECK(reversed_text(read.records.list[0].unit) == "Synthetic");
}

TEST_CASE("a unit in letters stands directly behind its VIF or behind the VIFEs") {
  const auto unit = [](std::string_view hex) {
    const Read read(hex);
    REQUIRE_MESSAGE(read.ok, std::string(hex), ": ", read.records.trouble);
    CHECK(read.records.trouble.empty());
    const Record& record = read.records.list.front();
    return reversed_text(record.unit) + " " + core::to_hex(record.vifes) + " " + core::to_hex(record.data);
  };
  CHECK(unit("02FC 03485225 74 440D") == "%RH 74 440D");
  CHECK(unit("02FC 74 03485225 440D") == "%RH 74 440D");
  CHECK(unit("02FC F43B 03485225 440D") == "%RH F43B 440D");
  CHECK(unit("017C 03485225 44") == "%RH  44");
  CHECK(unit("02FC 03B04325 74 440D") == "%C\xC2\xB0 74 440D");
  // A long telegram has room for 0x20 letters, but the first of them would be the length.
  CHECK(unit("02FC 20 03434241 440D 0C1301000000 0C1301000000 0C1301000000 0C1301000000 0C1301000000 0C1301000000") ==
        "ABC 20 440D");
  CHECK(unit("02FC 020203 74 440D") == " 74 440D");  // nothing better behind the VIFE
  CHECK(first("02FC7403485225 440D") == "humidity=33.960000");
  CHECK_FALSE(Read("02FC F4F4").ok);
  CHECK(Read("02FC 74 22485225 440D").records.trouble == "unit is longer than the telegram");
  CHECK(Read("02FC F3F3F3F3F3F3F3F3F3F3F373 00").records.trouble == "unit is longer than the telegram");

  Read compact("02FC7403485225 440D 02FD17 0000");
  core::Bytes format;
  append_format(compact.records, format);
  CHECK(core::to_hex(format) == "02FC740348522502FD17");
  Records values;
  const core::Bytes data = bytes_of("440D0000");
  REQUIRE(read_records(format, data, values));
  CHECK(values.list.size() == 2);
}

TEST_CASE("every code of every table is scaled into our unit or has no meaning") {
  CHECK(first("0407 01000000") == "energy=10.000000");
  CHECK(first("0400 01000000") == "energy=0.000001");
  CHECK(first("040F 24000000") == "energy=100.000000");
  CHECK(first("0410 01000000") == "volume=0.000001");
  CHECK(first("0417 01000000") == "volume=10.000000");
  CHECK(first("041F 01000000") == "mass=10000.000000");
  CHECK(first("0423 01000000") == "on_time=24.000000");
  CHECK(first("0424 100E0000") == "operating_time=1.000000");
  CHECK(first("042F 01000000") == "power=10.000000");
  CHECK(first("0437 24000000") == "power=100.000000");
  CHECK(first("043F 01000000") == "flow=10.000000");
  CHECK(first("0447 01000000") == "flow=60.000000");
  CHECK(first("044F 01000000") == "flow=36.000000");
  CHECK(first("0457 01000000") == "mass_flow_kg_per_h=10000.000000");
  CHECK(first("045B 01000000") == "supply_temperature=1.000000");
  CHECK(first("045F 01000000") == "return_temperature=1.000000");
  CHECK(first("0463 01000000") == "temperature_difference=1.000000");
  CHECK(first("0467 01000000") == "temperature=1.000000");
  CHECK(first("046B 01000000") == "pressure=100.000000");
  CHECK(first("04FB01 01000000") == "energy=1000.000000");
  CHECK(first("04FB11 01000000") == "volume=1000.000000");
  CHECK(first("04FB19 01000000") == "mass=1000000.000000");
  CHECK(first("04FB1B 01000000") == "humidity=1.000000");
  CHECK(first("04FB21 E8030000") == "volume=2.831685");
  CHECK(first("04FB29 01000000") == "power=1000.000000");
  CHECK(first("04FD4F 01000000") == "voltage=1000000.000000");
  CHECK(first("04FD5F 01000000") == "current=1000.000000");
  CHECK(first("01FD74 02") == "battery_time_left=48.000000");
  CHECK(first("01FD71 B0") == "meter_rssi=-80.000000");
  CHECK(first("01FD03 02") == "credit=2.000000");
  CHECK(first("01FD07 02") == "debit=2.000000");
  CHECK(first("01FD28 02") == "storage_interval_months=2.000000");
  CHECK(first("01FD38 02") == "tariff_period_months=2.000000");
  CHECK(first("01FD3F 02") == "transmission_period=48.000000");
  CHECK(first("01FD69 02") == "cumulation_age=48.000000");
  CHECK(first("01FD6F 02") == "battery_operating_time_years=2.000000");
  CHECK(first("029369 0200") == "volume_leak=0.002000");
  for (const std::string_view unknown :
       {"046F 00000000", "04EF00 00000000", "047B 00000000", "04FD7B 00000000", "04FB7000 00000000", "04FB46 00000000",
        "04FF20 00000000", "047F 00000000", "04FD16 00000000", "049378 00000000"}) {
    CAPTURE(unknown);
    const Read read(unknown);
    REQUIRE_FALSE(read.records.list.empty());
    CHECK_FALSE(meaning_of(read.records.list.front()).has_value());
  }
}

TEST_CASE("flags are bits: the highest one is not a sign and all of them not \"no value\"") {
  CHECK(first("02FD17 0080") == "error_flags=32768.000000");
  CHECK(first("01FD1B FF") == "digital_input=255.000000");
}

TEST_CASE("a maker in two bytes is read as in a header, another one as it is") {
  const auto text = [](std::string_view hex) { return text_value(Read(hex).records.list.front()); };
  CHECK(text("02FD0A 9315") == "ELS");
  CHECK(text("0AFD0A 9315") == "1593");  // decimal digits
  CHECK(text("04FD0A 93150000") == "5523");
  CHECK(text("02FD0B 9315") == "5523");
  CHECK(text("0DFD0A 03 534C45") == "ELS");
}

TEST_CASE("a factor that no meter means leaves no meaning instead of a wrong value") {
  CHECK(first("0493F0F0F0F070 01000000") == "none");
  CHECK(first("0493F0F070 01000000") == "volume=0.000000");
}

TEST_CASE("a channel's name tells sub-unit, storage and tariff apart") {
  CHECK(channel_name("volume", 0, 0, 0) == "volume");
  CHECK(channel_name("volume", 1, 2, 3) == "volume_unit3@1#2");
}

}  // namespace
}  // namespace afferent::drivers::mbus
