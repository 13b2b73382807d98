// `afferent` as it is called: wrong calls end with 2 and say what would be right.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/tools/command_run.h"

using namespace afferent;
using test::Printed;
using test::run_command;

TEST_CASE("what is no command is told, with those that there are") {
  for (const char* word : {"nope", "Decode", "decod", ""}) {
    const Printed printed = run_command({word});
    CHECK(printed.status == 2);
    CHECK(printed.says("'" + std::string(word) + "' is no command; there are: alerts, backtest, check, decode"));
  }
}

TEST_CASE("a wrong call ends with 2, whatever is wrong with it") {
  const std::vector<std::string> calls[] = {
      {},
      {"decode"},
      {"decode", "00"},
      {"decode", "--driver", "nope", "00"},
      {"decode", "--driver", "cjt188", "--nope", "00"},
      {"decode", "--driver", "lorawan", "--fport", "300", "00"},
      {"decode", "--driver", "lorawan", "--fport", "x", "00"},
      {"epc"},
      {"docs", "nope"},
      {"alerts"},
      {"alerts", "nope"},
      {"sub", "--port", "x"},
      {"sub", "--for", "-1"},
      {"sub", "--for", "0"},
      {"sub", "--for", "nan"},
      {"sub", "--count", "-1"},
      {"sub", "--topic", "a/#/b"},
      {"--nope"},
  };
  for (const auto& words : calls) {
    const Printed printed = run_command(words);
    CHECK_MESSAGE(printed.status == 2, (words.empty() ? "" : words.back()));
    CHECK(printed.out.empty());
    CHECK_FALSE(printed.err.empty());
  }
  CHECK(run_command({"sub", "--topic", "a/#/b"}).says("topic filter 'a/#/b': # must be the last level"));
  CHECK(run_command({"sub", "--for", "-1"}).says("'-1' is no time to end after"));
}

TEST_CASE("help and version are no mistakes") {
  CHECK(run_command({"--version"}).out.starts_with("afferent "));
  CHECK(run_command({"--version"}).status == 0);
  CHECK(run_command({"--help"}).status == 0);
  CHECK(run_command({"alerts", "ack", "--help"}).out.find("4 or more of its first digits") != std::string::npos);
}

TEST_CASE("the tables that the reference is made from come as JSON too") {
  const Printed printed = run_command({"docs", "configuration", "--json"});
  CHECK(printed.status == 0);
  const auto page = nlohmann::json::parse(printed.out);
  const auto named = [](const nlohmann::json& list, const char* key, const char* name) {
    const auto found = std::find_if(list.begin(), list.end(), [&](const auto& item) { return item.at(key) == name; });
    REQUIRE_MESSAGE(found != list.end(), name);
    return *found;
  };
  const auto mqtt = named(page.at("sections"), "name", "mqtt");
  CHECK_FALSE(mqtt.at("list").get<bool>());
  CHECK(named(mqtt.at("keys"), "key", "port").at("type") == "integer");
  const auto modbus = named(page.at("drivers"), "name", "modbus");
  const auto registers = named(modbus.at("profile_keys"), "key", "register");
  CHECK(named(registers.at("keys"), "key", "channel").at("required").get<bool>());
  CHECK(named(named(page.at("rules"), "name", "threshold").at("keys"), "key", "steps").at("type") == "list of tables");
}
