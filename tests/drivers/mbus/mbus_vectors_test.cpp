// All wired frames of the shared vectors, against the expected decode that stands beside them.
#include <doctest/doctest.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "drivers/common/mbus_meaning.h"
#include "drivers/common/mbus_time.h"
#include "drivers/mbus/link.h"
#include "drivers/mbus/telegram.h"
#include "tests/drivers/mbus/meter.h"

namespace afferent::test::mbus {
namespace {

using namespace drivers::mbus;

// The text of a member of one JSON line; the files hold no nested objects.
std::string member(const std::string& line, const std::string& key) {
  const std::string start = "\"" + key + "\": \"";
  std::size_t at = line.find(start);
  if (at == std::string::npos) return {};
  std::string text;
  for (at += start.size(); at < line.size() && line[at] != '"'; ++at) {
    if (line[at] != '\\') {
      text += line[at];
    } else {
      ++at;
      text += line[at] == 'n' ? '\n' : line[at];
    }
  }
  return text;
}

std::string between(const std::string& text, const std::string& tag) {
  const std::size_t from = text.find("<" + tag + ">");
  const std::size_t to = text.find("</" + tag + ">");
  if (from == std::string::npos || to == std::string::npos) return {};
  return text.substr(from + tag.size() + 2, to - from - tag.size() - 2);
}

std::vector<std::string> records_of(const std::string& xml) {
  std::vector<std::string> records;
  for (std::size_t at = xml.find("<DataRecord"); at != std::string::npos; at = xml.find("<DataRecord", at + 1)) {
    records.push_back(xml.substr(at, xml.find("</DataRecord>", at) - at + 13));
  }
  return records;
}

// How the reference names what we call `channel`, and how many of its units one of ours is.
struct Name {
  std::string channel;
  double units;
};
const std::map<std::string, Name> kNames{
    {"Energy", {"energy", 1000}},
    {"Volume", {"volume", 1}},
    {"Power", {"power", 1000}},
    {"Volume flow", {"flow", 1}},
    {"Flow temperature", {"supply_temperature", 1}},
    {"Return temperature", {"return_temperature", 1}},
    {"Temperature difference", {"temperature_difference", 1}},
    {"External temperature", {"temperature", 1}},
    {"%RH", {"humidity", 1}},
    {"On time", {"on_time", 3600}},
    {"Operating time", {"operating_time", 3600}},
    {"Averaging Duration", {"averaging_time", 3600}},
    {"Actuality Duration", {"actuality_time", 3600}},
    {"Voltage", {"voltage", 1}},
    {"Current", {"current", 1}},
    {"Dimensionless", {"dimensionless", 1}},
    {"Error flags", {"error_flags", 1}},
    {"Digital Input", {"digital_input", 1}},
    {"Digital Output", {"digital_output", 1}},
    {"Reset counter", {"reset_counter", 1}},
    {"Medium", {"medium", 1}},
    {"H.C.A.", {"heat_cost_units", 1}},
    {"Time point (date)", {"meter_date", 1}},
    {"Time point (date &amp; time)", {"meter_time", 1}},
    {"Fabrication No", {"fabrication_number", 1}},
    {"(Enhanced) Identification", {"identification", 1}},
    {"Customer location", {"customer_location", 1}},
    {"Model / Version", {"model", 1}},
    {"Parameter set identification", {"parameter_set", 1}},
    {"Firmware version", {"firmware_version", 1}},
    {"Software version", {"software_version", 1}},
    {"Special supplier information", {"supplier_information", 1}},
};

const std::map<std::string, std::string> kFunctions{{"Instantaneous value", ""},
                                                    {"Maximum value", "_max"},
                                                    {"Minimum value", "_min"},
                                                    {"Value during error state", "_error"}};

const std::vector<std::string> kSuffixes{"", "_max", "_min", "_error"};

// Records where the reference ignores a modifier that we read, by channel.
const std::map<std::string, std::string> kModified{
    {"flow_lower_first_duration", "how long the flow was below its limit, not a flow"},
    {"flow_upper_first_duration", "how long the flow was above its limit, not a flow"},
    {"power_max_last_end#1", "when the maximum was, not a power"},
    {"flow_max_last_end#1", "when the maximum was, not a flow"},
    {"supply_temperature_max_last_end#1", "when the maximum was, not a temperature"},
    {"return_temperature_max_last_end#1", "when the maximum was, not a temperature"},
    {"energy_forward", "the same number, of one direction"},
    {"meter_time_future@1", "the same date, that is to come"},
    {"meter_date_future@1", "the same date, that is to come"},
};

struct Count {
  std::size_t records = 0;
  std::size_t equal = 0;
  std::size_t modified = 0;
  std::size_t without_channel = 0;
  std::size_t invalid = 0;
};

std::string date_text(std::int64_t seconds, bool with_time) {
  const std::chrono::sys_seconds time{std::chrono::seconds(seconds)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  char text[64];
  std::snprintf(text, sizeof text, with_time ? "%04d-%02u-%02uT%02d:%02d:%02dZ" : "%04d-%02u-%02u",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text;
}

void check_value(const Record& record, const Meaning& meaning, const std::string& quantity, const std::string& value,
                 double units) {
  switch (meaning.as) {
    case Meaning::As::time: {
      const auto time = time_of(record.data);
      if (time) CHECK(date_text(*time, quantity != "Time point (date)") == value);
      break;
    }
    case Meaning::As::text: {
      const std::string text = text_value(record);
      const bool same = text == value || (text.find_first_not_of("0123456789") == std::string::npos &&
                                          std::stod(text) == doctest::Approx(std::stod(value)));
      CHECK_MESSAGE(same, text, " and ", value);
      break;
    }
    default: {
      const auto number = number_of(record, meaning.as, meaning.scale);
      REQUIRE(number.has_value());
      CHECK(std::abs(*number * units - std::stod(value)) <= 1e-6 * std::abs(std::stod(value)) + 6e-7);
    }
  }
}

void check_record(const Record& record, const std::string& xml, Count& count) {
  ++count.records;
  if (between(xml, "Function").empty()) {  // a VIF that is reserved: the reference gave up
    ++count.without_channel;
    CHECK(record.table == VifTable::reserved);
    return;
  }
  const auto number = [&](const char* tag) { return between(xml, tag).empty() ? 0U : std::stoul(between(xml, tag)); };
  CHECK(record.storage == number("StorageNumber"));
  CHECK(record.tariff == number("Tariff"));
  CHECK(record.subunit == number("Device"));
  const std::string function = kFunctions.at(between(xml, "Function"));
  CHECK(kSuffixes.at(static_cast<std::size_t>(record.function)) == function);
  const auto meaning = meaning_of(record);
  if (!meaning) {
    ++count.without_channel;
    const bool maker = record.table == VifTable::maker || record.table == VifTable::text ||
                       record.table == VifTable::reserved || record.table == VifTable::any;
    const bool modifier = !record.vifes.empty();
    CHECK_MESSAGE((maker || modifier), between(xml, "Quantity"));
    return;
  }
  if (kModified.contains(meaning->channel.name)) {
    ++count.modified;
    return;
  }
  if (record.raw.kind == Raw::Kind::invalid || record.raw.kind == Raw::Kind::none) {
    ++count.invalid;
    return;
  }
  const Name& name = kNames.at(between(xml, "Quantity"));
  CHECK(meaning->channel.name == channel_name(name.channel + function, record.storage, record.tariff, record.subunit));
  check_value(record, *meaning, between(xml, "Quantity"), between(xml, "Value"), name.units);
  ++count.equal;
}

void check_header(const std::string& xml, const Telegram& telegram) {
  REQUIRE(telegram.identity.has_value());
  const auto id = between(xml, "Id");
  CHECK(id_text(telegram.identity->id).ends_with(id));
  if (const auto maker = between(xml, "Manufacturer"); maker.size() == 3 && maker != "@@@")
    CHECK(maker_text(telegram.identity->maker) == maker);
  if (const auto version = between(xml, "Version"); !version.empty())
    CHECK(telegram.identity->version == std::stoul(version));
  CHECK(*telegram.status == std::stoul(between(xml, "Status"), nullptr, 16));
}

void check_frame(const std::string& name, const core::Bytes& bytes, const std::string& xml, Count& count) {
  CAPTURE(name);
  Receiver receiver;
  receiver.feed(bytes);
  const auto found = receiver.next();
  REQUIRE(found);
  REQUIRE(found->frame);
  Records records;
  const Telegram telegram = read_telegram(found->frame->data, records);
  check_header(xml, telegram);
  if (telegram.kind == Telegram::Kind::fixed) return;
  std::size_t at = 0;
  for (const std::string& record : records_of(xml)) {
    const std::string function = between(record, "Function");
    if (function == "Manufacturer specific" || function == "More records follow") continue;
    CAPTURE(record);
    REQUIRE(at < records.list.size());
    check_record(records.list[at++], record, count);
  }
  CHECK(at == records.list.size());
}

TEST_CASE("all wired frames of the vectors are read as the reference reads them, or refused") {
  std::ifstream file(AFFERENT_SHARED "/vectors/mbus_frames.jsonl");
  Count count;
  std::size_t frames = 0;
  std::size_t good = 0;
  std::size_t refused = 0;
  std::size_t flags_only = 0;
  for (std::string line; std::getline(file, line);) {
    ++frames;
    const std::string name = member(line, "name");
    CAPTURE(name);
    Meter meter;
    const core::Bytes bytes = bytes_of(member(line, "hex"));
    meter.receives(core::ByteView(bytes));
    meter.times_out();
    if (name.starts_with("test-frames/")) {
      ++good;
      CHECK(meter.sink.rejects.empty());
      CHECK_FALSE(meter.read().empty());
      check_frame(name, bytes, member(line, "norm_xml"), count);
      continue;
    }
    CHECK(meter.values().empty());
    refused += meter.sink.rejects.size();
    flags_only += meter.sink.rejects.empty() ? 1 : 0;
  }
  REQUIRE(frames > 0);
  MESSAGE("mbus_frames: ", frames, " of ", frames, "; ", good, " read, ", refused, " refused, ", flags_only,
          " without values (application errors, requests of a master, maker data only); exceptions: none");
  MESSAGE("records in them: ", count.records, "; ", count.equal, " equal to the reference, ", count.modified,
          " where the reference ignores a modifier, ", count.without_channel, " without a channel (maker's codes), ",
          count.invalid, " whose digits are none");
  CHECK(good + refused + flags_only == frames);
  CHECK(count.equal > 400);
}

TEST_CASE("the error frames of the vectors give no values") {
  std::ifstream file(AFFERENT_SHARED "/vectors/mbus_frames.jsonl");
  std::size_t application = 0;
  std::size_t broken = 0;
  for (std::string line; std::getline(file, line);) {
    const std::string name = member(line, "name");
    if (!name.starts_with("error-frames/")) continue;
    CAPTURE(name);
    Meter meter;
    meter.turn();
    meter.receives("E5");
    meter.receives(member(line, "hex"));
    CHECK_FALSE(meter.sink.done_error.empty());
    CHECK(meter.values().empty());
    if (member(line, "ci") == "70") {
      ++application;
      CHECK(meter.value_of("flag_application_error") == "true");
      CHECK(meter.sink.rejects.empty());
    } else {
      ++broken;
      CHECK(meter.read().empty());
      CHECK(meter.sink.rejects.size() == 1);
    }
  }
  CHECK(application == 5);
  CHECK(broken == 4);
}

}  // namespace
}  // namespace afferent::test::mbus
