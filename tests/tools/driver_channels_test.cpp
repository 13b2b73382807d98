// Which channels `afferent drivers` says that a driver can give, against what drivers do give.
#include <algorithm>
#include <optional>
#include <set>

#include "drivers/common/mbus_vif.h"
#include "drivers/given_channels.h"
#include "drivers/registry.h"
#include "tests/support/frame_table.h"
#include "tests/tools/command_run.h"

using namespace afferent;
using drivers::GivenChannel;
using test::run_command;

namespace {

bool covered(const std::vector<GivenChannel>& given, std::string_view name, core::Quantity quantity) {
  return std::any_of(given.begin(), given.end(),
                     [&](const GivenChannel& channel) { return channel.covers(name, quantity); });
}

// "level=0.127 m @2059-10-11T07:49Z": the name, and the unit if there is one behind the value.
struct Golden {
  std::string name;
  std::string unit;
  std::string text;
};
std::vector<Golden> golden_readings(std::string_view driver) {
  std::ifstream file(AFFERENT_SOURCE "/drivers/" + std::string(driver) + "/frames.txt");
  std::vector<Golden> all;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    for (const std::string& part : test::split(test::split(line, '|').back(), ';')) {
      const std::size_t equals = part.find('=');
      if (equals == part.npos || part.starts_with("reject") || !core::is_channel_name(part.substr(0, equals))) continue;
      const std::size_t blank = part.find(' ', equals);
      std::string unit = blank == part.npos ? "" : part.substr(blank + 1, part.find(' ', blank + 1) - blank - 1);
      if (unit.starts_with('@') || unit == "?" || unit == "bad" || unit == "uncertain") unit.clear();
      all.push_back({part.substr(0, equals), unit, part});
    }
  }
  return all;
}

std::set<std::string_view> units_of(const std::vector<GivenChannel>& given, std::string_view name, bool& any) {
  std::set<std::string_view> units;
  for (const GivenChannel& channel : given) {
    if (channel.any_quantity && channel.covers(name, channel.quantity)) any = true;
    if (channel.covers(name, channel.quantity)) units.insert(core::unit_of(channel.quantity));
  }
  return units;
}

}  // namespace

TEST_CASE("every reading of the golden frames is of a channel that its driver is said to give, in its unit") {
  for (const core::DriverSpec* driver : drivers::built_in()) {
    CAPTURE(driver->name);
    const auto given = drivers::given_channels(driver->name).channels;
    REQUIRE_FALSE(given.empty());
    const std::vector<Golden> readings = golden_readings(driver->name);
    CHECK(readings.size() > 10);
    for (const Golden& reading : readings) {
      bool any = false;
      const auto units = units_of(given, reading.name, any);
      // A text may hold blanks, and the messages of readers stand without units.
      const bool loose = any || driver->name == "llrp" || units.contains(core::unit_of(core::Quantity::text));
      CHECK_MESSAGE((loose ? !units.empty() : units.contains(reading.unit)), reading.text);
    }
  }
}

TEST_CASE("every value of the tables of M-Bus is said to come, wired and by radio") {
  using drivers::mbus::VifTable;
  for (const char* driver : {"mbus", "wmbus"}) {
    const auto given = drivers::given_channels(driver).channels;
    for (const VifTable table : {VifTable::primary, VifTable::fb, VifTable::fd}) {
      for (int code = 0; code < 0x80; ++code) {
        const auto* row = drivers::mbus::find_vif(table, static_cast<std::uint8_t>(code));
        if (row != nullptr) CHECK_MESSAGE(covered(given, row->name, row->quantity), row->name);
        if (row != nullptr) CHECK(covered(given, std::string(row->name) + "_max_unit1@2#3", row->quantity));
      }
    }
    for (int code = 0; code < 0x80; ++code) {
      const auto* row = drivers::mbus::find_modifier(static_cast<std::uint8_t>(code), false);
      if (row == nullptr) continue;
      using Effect = drivers::mbus::ModifierRow::Effect;
      const core::Quantity quantity = row->effect == Effect::time       ? core::Quantity::time
                                      : row->effect == Effect::duration ? core::Quantity::duration
                                      : row->effect == Effect::count    ? core::Quantity::none
                                                                        : core::Quantity::volume;
      CHECK_MESSAGE(covered(given, "volume" + std::string(row->suffix) + "@1", quantity), row->suffix);
    }
  }
}

TEST_CASE("a family is what its name says") {
  const GivenChannel months{"volume@N", core::Quantity::volume};
  CHECK(months.covers("volume@12", core::Quantity::volume));
  CHECK_FALSE(months.covers("volume@", core::Quantity::volume));
  CHECK_FALSE(months.covers("volume", core::Quantity::volume));
  CHECK_FALSE(months.covers("volume@1", core::Quantity::energy));
  const GivenChannel flags{"flag_*", core::Quantity::boolean};
  CHECK(flags.covers("flag_leak", core::Quantity::boolean));
  CHECK_FALSE(flags.covers("flow", core::Quantity::boolean));
}

TEST_CASE("`drivers NAME` shows channels of every driver, with units, as text and as JSON") {
  for (const core::DriverSpec* driver : drivers::built_in()) {
    CAPTURE(driver->name);
    const auto text = run_command({"drivers", std::string(driver->name)});
    CHECK(text.status == 0);
    CHECK(text.out.find("\nChannels\n") != std::string::npos);
    const auto json = run_command({"drivers", std::string(driver->name), "--json"});
    CHECK(json.out.find("\"channels\":[{\"name\":") != std::string::npos);
  }
  CHECK(run_command({"drivers", "sl651"}).out.find("level                  length       m") != std::string::npos);
  CHECK(run_command({"drivers", "cjt188", "--json"})
            .out.find(R"({"name":"volume@N","quantity":"volume","unit":"m3","family":true,"help":"N months ago)") !=
        std::string::npos);
}

TEST_CASE("`drivers NAME` shows the keys of tables too") {
  const auto text = run_command({"drivers", "lorawan"}).out;
  const std::string path = "\n      path               a text in quotes, 1 to 200 characters; required\n";
  CHECK_MESSAGE(text.find(path) != std::string::npos, text);
  const auto json = run_command({"drivers", "lorawan", "--json"}).out;
  const auto at = json.find(R"("key":"field")");
  REQUIRE(at != std::string::npos);
  CHECK(json.find(R"("keys":[{"key":"path","type":"a text in quotes","required":true)", at) != std::string::npos);
  CHECK(run_command({"drivers", "sdi12"}).out.find("\n      name ") != std::string::npos);
}
