// Commands of the master beside reading, and the search for slaves that nobody told it of.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "drivers/mbus/link.h"
#include "tests/drivers/mbus/meter.h"

namespace afferent::test::mbus {
namespace {

const drivers::Truth kTruth{{{"volume", 1.234}}, {}};

std::string variable(std::uint8_t control, std::uint8_t address, std::string_view data) {
  return core::to_hex(drivers::mbus::encode_variable(control, address, bytes_of(data)));
}

// What a command sends after the link was reset.
std::string written(std::string_view verb, std::map<std::string, std::string> arguments) {
  Meter meter("address=5");
  meter.commands(verb, std::move(arguments));
  if (!meter.sink.done_error.empty()) return meter.sink.done_error;
  CHECK(meter.last_sent() == core::to_hex(drivers::mbus::encode_fixed(0x40, 5)));
  meter.receives("E5");
  const std::string sent = meter.last_sent();
  meter.receives("E5");
  CHECK(meter.sink.done_count == 1);
  CHECK(meter.sink.done_error.empty());
  return sent;
}

TEST_CASE("commands are sent as data with a fresh frame count bit") {
  CHECK(written("baud", {{"to", "9600"}}) == variable(0x73, 5, "BD"));
  CHECK(written("address", {{"to", "17"}}) == variable(0x73, 5, "51017A11"));
  CHECK(written("clock", {{"time", "2008-05-31T23:50:00"}}) == variable(0x73, 5, "51046D32371F15"));
  CHECK(written("application_reset", {}) == variable(0x73, 5, "50"));
  CHECK(written("application_reset", {{"code", "20"}}) == variable(0x73, 5, "5020"));
  CHECK(written("write", {{"data", "0C7978563412"}}) == variable(0x73, 5, "510C7978563412"));
}

TEST_CASE("commands with wrong arguments say what would be right and send nothing") {
  CHECK(written("baud", {{"to", "115200"}}).find("38400") != std::string::npos);
  CHECK(written("address", {{"to", "251"}}).find("0 to 250") != std::string::npos);
  CHECK(written("clock", {{"time", "yesterday"}}).find("YYYY-MM-DD") != std::string::npos);
  CHECK(written("application_reset", {{"code", "123"}}).find("two hex digits") != std::string::npos);
  CHECK(written("write", {{"data", ""}}).find("1 to 252 bytes") != std::string::npos);
  CHECK(written("search", {{"id", "12"}}).find("8 or 16 digits") != std::string::npos);
  CHECK(written("search", {{"by", "name"}}).find("secondary or primary") != std::string::npos);
  CHECK(written("search", {{"by", "primary"}, {"from", "9"}, {"to", "3"}}).find("not below") != std::string::npos);
  CHECK_FALSE(written("explode", {}).empty());
}

TEST_CASE("alarms are asked for behind a reset, and the next reading begins anew") {
  for (const bool alarm : {false, true}) {
    CAPTURE(alarm);
    Meter meter("address=5");
    meter.commands("alarm", {});
    CHECK(meter.last_sent() == core::to_hex(drivers::mbus::encode_fixed(0x40, 5)));
    meter.receives("E5");
    CHECK(meter.last_sent() == core::to_hex(drivers::mbus::encode_fixed(0x7A, 5)));
    meter.receives(alarm ? variable(0x08, 5, "7101") : "E5");
    CHECK(meter.sink.done_count == 1);
    CHECK(meter.sink.done_error.empty());
    CHECK(meter.value_of("flag_alarm") == (alarm ? "true" : "false"));
    meter.turn();
    CHECK(meter.last_sent() == core::to_hex(drivers::mbus::encode_fixed(0x40, 5)));
  }
}

TEST_CASE("a slave that is asked for alarms and says nothing has failed") {
  Meter meter("address=5");
  meter.commands("alarm", {});
  meter.receives("E5");
  meter.times_out();
  CHECK(meter.sink.done_error.find("no answer to REQ_UD1 to address 5") != std::string::npos);
}

TEST_CASE("a simulated slave answers for alarms") {
  const auto slave = simulated("address=5");
  drivers::Truth served;
  const core::Bytes request = drivers::mbus::encode_fixed(0x7A, 5);
  CHECK(core::to_hex(slave->answer(request, kTruth, served)) == "E5");
  const drivers::Truth alarmed{{{"flag_alarm", 1}}, {}};
  CHECK(core::to_hex(slave->answer(request, alarmed, served)) == variable(0x08, 5, "7101"));
}

TEST_CASE("a command to a secondary address selects it first") {
  Meter meter("secondary=12345678");
  const auto slave = simulated("address=9,secondary=12345678");
  drivers::Truth served;
  meter.commands("address", {{"to", "77"}});
  converse(meter, {slave.get()}, kTruth, served);
  CHECK(meter.sink.done_error.empty());
  Meter renamed("address=77");
  renamed.turn();
  converse(renamed, {slave.get()}, kTruth, served);
  CHECK(renamed.value_of("volume") == "1.234 m3");
}

TEST_CASE("a search finds a single meter with one selection") {
  Meter meter("address=1");
  const auto slave = simulated("secondary=12345678,maker=ELS,version=33,medium=03");
  drivers::Truth served;
  meter.commands("search");
  CHECK(meter.last_sent() == variable(0x53, 0xFD, "52FFFFFFFFFFFFFFFF"));
  converse(meter, {slave.get()}, kTruth, served);
  CHECK(meter.sink.done_error.empty());
  REQUIRE(meter.sink.heard_of.size() == 1);
  CHECK(meter.sink.heard_of[0].first == "12345678");
  CHECK(meter.sink.heard_of[0].second == "ELS, version 51, gas");
  CHECK(meter.read().empty());
}

TEST_CASE("a search tells colliding meters apart by walking their digits") {
  const std::vector<std::string> ids{"12345678", "12345679", "12995678", "00000001", "99999999"};
  std::vector<std::unique_ptr<drivers::SimulatedDevice>> owners;
  std::vector<drivers::SimulatedDevice*> slaves;
  for (const std::string& id : ids) {
    owners.push_back(simulated("secondary=" + id));
    slaves.push_back(owners.back().get());
  }
  Meter meter("address=1");
  drivers::Truth served;
  meter.commands("search");
  converse(meter, slaves, kTruth, served);
  CHECK(meter.sink.done_error.empty());
  std::set<std::string> found;
  for (const auto& [id, what] : meter.sink.heard_of) found.insert(id);
  CHECK(found == std::set<std::string>(ids.begin(), ids.end()));
  CHECK(meter.sink.heard_of.size() == ids.size());

  meter.sink.heard_of.clear();
  meter.commands("search", {{"id", "1FFFFFFF"}});
  converse(meter, slaves, kTruth, served);
  CHECK(meter.sink.heard_of.size() == 3);
}

TEST_CASE("a search reports meters that cannot be told apart") {
  const auto one = simulated("secondary=12345678,version=01");
  const auto two = simulated("secondary=12345678,version=02");
  Meter meter("address=1");
  drivers::Truth served;
  meter.commands("search", {{"id", "1234567F"}});
  converse(meter, {one.get(), two.get()}, kTruth, served);
  REQUIRE(meter.sink.heard_of.size() == 1);
  CHECK(meter.sink.heard_of[0].first == "12345678");
  CHECK(meter.sink.heard_of[0].second.find("several meters") != std::string::npos);
}

TEST_CASE("a search by primary address asks each of a range") {
  const auto one = simulated("address=3,secondary=12345678");
  const auto two = simulated("address=7,secondary=87654321");
  Meter meter("address=1");
  drivers::Truth served;
  meter.commands("search", {{"by", "primary"}, {"from", "2"}, {"to", "7"}});
  converse(meter, {one.get(), two.get()}, kTruth, served);
  REQUIRE(meter.sink.heard_of.size() == 2);
  CHECK(meter.sink.heard_of[0].first == "12345678");
  CHECK(meter.sink.heard_of[0].second == "AFR, version 1, water, address 3");
  CHECK(meter.sink.heard_of[1].first == "87654321");
}

TEST_CASE("a search that finds nobody says so, and the next turn begins with a reset") {
  Meter meter("address=1");
  meter.commands("search");
  meter.times_out();
  CHECK(meter.sink.done_error == "no meter answers");
  meter.turn();
  CHECK(meter.last_sent() == core::to_hex(drivers::mbus::encode_fixed(0x40, 1)));
}

TEST_CASE("a search on a line of noise ends") {
  Meter meter("address=1");
  meter.commands("search");
  std::size_t requests = 0;
  while (meter.sink.done_count == 0 && requests < 100'000) {
    ++requests;
    meter.receives("FF00AA55");
    meter.times_out();
  }
  CHECK(requests < 5'000);
  CHECK(meter.sink.done_error.find("search in parts") != std::string::npos);
}

TEST_CASE("a search gives the line back after a while") {
  Meter meter("address=1");
  meter.commands("search", {{"by", "primary"}});
  while (meter.sink.done_count == 0) {
    meter.now.boot += std::chrono::seconds(2);
    meter.times_out();
  }
  CHECK(meter.sink.sent.size() < 60);
  CHECK(meter.sink.done_error.find("search stopped at address") != std::string::npos);
}

}  // namespace
}  // namespace afferent::test::mbus
