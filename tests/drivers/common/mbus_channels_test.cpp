// Records as readings of channels.
#include "drivers/common/mbus_channels.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "drivers/common/mbus_header.h"
#include "drivers/common/mbus_time.h"
#include "tests/support/fakes.h"

namespace afferent::drivers::mbus {
namespace {

struct Told {
  test::RecordingSink sink;
  ChannelBook book;
  Records records;

  explicit Told(std::optional<core::Seconds> offset = {}) : book(core::DeviceRef{3}, offset) {}

  void telegram(std::string_view hex) {
    const auto bytes = core::from_hex(hex);
    REQUIRE(bytes.has_value());
    REQUIRE(read_records(*bytes, records));
    book.records(records, sink);
  }
  double number(std::string_view name) const {
    for (auto reading = sink.readings.rbegin(); reading != sink.readings.rend(); ++reading) {
      if (sink.declared.at(core::index(reading->channel)).name == name) return reading->number;
    }
    FAIL("no reading of ", std::string(name));
    return 0;
  }
};

TEST_CASE("channels are declared once, whatever comes later") {
  Told told;
  told.telegram("0C13 01000000 0B3B 270100");
  told.telegram("0B3B 280100 0C13 02000000");
  told.telegram("0413 03000000");  // the same channel in another coding
  CHECK(told.sink.declared.size() == 2);
  CHECK(told.sink.readings.size() == 5);
  CHECK(told.sink.readings[0].device == core::DeviceRef{3});
  CHECK(told.number("volume") == 0.003);
  CHECK(told.number("flow") == 0.128);
}

TEST_CASE("a telegram that repeats a channel keeps its first value") {
  Told told;
  told.telegram("0C13 01000000 0C13 02000000 0413 03000000");
  CHECK(told.sink.readings.size() == 1);
  CHECK(told.number("volume") == 0.001);
}

TEST_CASE("a stored total of which all bits are set was never written, and is not good") {
  Told told;
  told.telegram("4413 FFFFFFFF 0413 FFFFFFFF 4459 FFFFFFFF 4413 FFFFFF7F 4C13 F9999999");
  const auto quality = [&](std::size_t reading) { return told.sink.readings.at(reading).quality; };
  REQUIRE(told.sink.readings.size() == 3);  // the others are of the same channel
  CHECK(told.sink.readings[0].number == -0.001);
  CHECK(quality(0) == core::Quality::bad);
  CHECK(quality(1) == core::Quality::good);  // one step backward since the start is a value
  CHECK(quality(2) == core::Quality::good);  // so is a temperature
}

TEST_CASE("nor is a stored total of decimal digits of which only the top bit is set") {
  Told told;
  told.telegram("8C0413 00000080 0C13 00000080 4C13 01000080");
  REQUIRE(told.sink.readings.size() == 3);
  CHECK(told.sink.readings[0].quality == core::Quality::bad);
  CHECK(told.sink.readings[1].quality == core::Quality::good);
  CHECK(told.sink.readings[2].quality == core::Quality::good);
}

TEST_CASE("a stored total may be one below nothing in another coding") {
  Told told;
  told.telegram("4C13 010000F0 84013B FFFFFFFF 8401 06 FEFFFFFF");
  for (const auto& reading : told.sink.readings) CHECK(reading.quality == core::Quality::good);
  CHECK(told.number("volume@1") == -0.001);
}

TEST_CASE("a meter that invents records gets a bounded number of channels, and the known ones go on") {
  Told told;
  told.telegram("0C13 01000000");
  for (unsigned storage = 0; storage < 1000; ++storage) {
    // DIF with two extensions: storage from 2 on
    const std::uint8_t low = static_cast<std::uint8_t>(0x80 | ((storage + 1) & 0xF));
    const std::uint8_t high = static_cast<std::uint8_t>((storage + 1) >> 4 & 0xF);
    const std::uint8_t top = static_cast<std::uint8_t>((storage + 1) >> 8 & 0xF);
    const core::Bytes bytes{0x8C, low, static_cast<std::uint8_t>(0x80 | high), top, 0x13, 1, 0, 0, 0};
    REQUIRE(read_records(bytes, told.records));
    told.book.records(told.records, told.sink);
  }
  CHECK(told.sink.declared.size() == ChannelBook::kMostChannels);
  told.telegram("0C13 07000000");
  CHECK(told.number("volume") == 0.007);
}

TEST_CASE("values of a profile carry the time at which they were measured where the meter's zone is known") {
  const char* const telegram = "84046D 00204111 8B0415 003012 8D04951F 05 6901030211";
  Told unknown;
  unknown.telegram(telegram);
  CHECK(unknown.sink.readings.size() == 5);
  for (const auto& reading : unknown.sink.readings) CHECK_FALSE(reading.measured.has_value());

  Told told(core::Seconds(3600));
  told.telegram(telegram);
  REQUIRE(told.sink.readings.size() == 5);
  CHECK(told.number("volume@8") == 12300.0);
  CHECK(told.number("volume@9") == 12300.3);
  CHECK(told.number("volume@11") == 12301.6);
  CHECK(told.sink.readings[2].measured == core::Micros(1262304000000000));  // 2010-01-01 01:00, an hour before UTC
}

TEST_CASE("profiles of each kind") {
  const auto expand = [](std::string_view hex) {
    Told told;
    told.telegram(hex);
    std::vector<double> values;
    for (const auto& reading : told.sink.readings) values.push_back(reading.number);
    return values;
  };
  using List = std::vector<double>;
  CHECK(expand("0414 E8030000 0D941F 04 5101 0102") == List{10, 10.01, 10.03});
  CHECK(expand("0414 E8030000 0D941F 04 9101 0102") == List{10, 9.99, 9.97});
  CHECK(expand("0414 E8030000 0D941F 04 D101 FF02") == List{10, 9.99, 10.01});
  CHECK(expand("0414 E8030000 0D9413 04 5101 0102") == List{10, 9.99, 9.97});
  CHECK(expand("0D941E 06 2201 01000200") == List{0.01, 0.02});
  CHECK(expand("0D941F 06 2201 01000080") == List{0.01});                   // the second is missing
  CHECK(expand("0414 E8030000 0D941F 05 5101 01FF02") == List{10, 10.01});  // behind a gap nothing is known
  CHECK(expand("0414 E8030000 0D941F 03 5001 01") == List{10});             // no coding
  CHECK(expand("0414 E8030000 0D941F 01 51") == List{10});
  CHECK(expand("0415 E8030000 0D941F 04 5101 0102") == List{100});  // the start is of another unit
}

TEST_CASE("monthly profiles keep to the calendar") {
  Records records;
  const auto bytes = core::from_hex("426C 5F1C 4D931F 07 39FE 01020304 05");
  REQUIRE(bytes.has_value());
  REQUIRE(read_records(*bytes, records));
  const auto time = base_time(records, records.list[1]);
  REQUIRE(time.has_value());
  const auto values = expand_profile(records.list[1], nullptr, time);
  REQUIRE(values.size() == 5);
  CHECK(values[0].time == add_months(*time, 1));
  CHECK(values[4].time == add_months(*time, 5));
}

TEST_CASE("status bits are flags, set or not") {
  Told told;
  told.book.status(0x0E, told.sink);
  CHECK(told.sink.readings.size() == 6);
  CHECK(told.number("flag_busy") == 0);
  CHECK(told.number("flag_application_error") == 1);
  CHECK(told.number("flag_alarm") == 0);
  CHECK(told.number("flag_low_battery") == 1);
  CHECK(told.number("flag_permanent_error") == 1);
  CHECK(told.number("flag_temporary_error") == 0);
}

TEST_CASE("error flags that are not zero are a flag") {
  Told told;
  told.telegram("02FD17 0400");
  CHECK(told.number("error_flags") == 4);
  CHECK(told.number("flag_error") == 1);
  told.telegram("02FD17 0000");
  CHECK(told.number("flag_error") == 0);
}

TEST_CASE("a header is read whole or not at all") {
  const auto bytes = core::from_hex("7856341293153303 2A 04 2000");
  REQUIRE(bytes.has_value());
  const auto header = read_long_header(*bytes);
  REQUIRE(header.has_value());
  REQUIRE(header->identity.has_value());
  CHECK(id_text(header->identity->id) == "12345678");
  CHECK(maker_text(header->identity->maker) == "ELS");
  CHECK(header->identity->version == 0x33);
  CHECK(medium_name(header->identity->medium) == "gas");
  CHECK(header->access == 0x2A);
  CHECK(header->status == 0x04);
  CHECK(header->config == 0x0020);
  CHECK_FALSE(read_long_header(core::ByteView(*bytes).first(11)).has_value());
  CHECK_FALSE(read_short_header(core::ByteView(*bytes).first(3)).has_value());
  core::Bytes written;
  append_identity(written, *header->identity);
  CHECK(core::to_hex(written) == "7856341293153303");
  CHECK(maker_from("els") == header->identity->maker);
  CHECK(maker_text(0x32A7) == "LUG");
  CHECK_FALSE(maker_from("E1S").has_value());
}

}  // namespace
}  // namespace afferent::drivers::mbus
