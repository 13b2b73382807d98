#include <doctest/doctest.h>

#include <cstdio>
#include <filesystem>

#include "tests/tools/simulator_rig.h"

using namespace afferent;

namespace {

// Line numbers count from the first line after R"(.
const std::string kGood = R"(seed = 3
[[line]]
id = "bus"
kind = "pty"
link = "tty-bus"
[[line]]
id = "cabinet"
kind = "tcp"
framing = "modbus_tcp"
port_file = "/tmp/port"
[[device]]
id = "meter"
line = "bus"
driver = "cjt188"
options = { address = "78330011223344" }
latency = "20 ms"
channels = { volume = 1.5 }
)";

struct Mistake {
  std::string text;    // added to kGood
  std::uint32_t line;  // 0: wherever
  std::string key;
  std::string message;  // part of it
};

std::string device(const std::string& rest) { return "[[device]]\nid = \"x\"\n" + rest; }
std::string meter(const std::string& channels) {
  return device("line = \"bus\"\ndriver = \"cjt188\"\noptions = { address = \"00000000000001\" }\nchannels = { " +
                channels + " }\n");
}

// Behind three lines more, lines 18 to 26.
std::string on_lines(const std::string& rest) {
  return "[[line]]\nid = \"lns\"\nkind = \"mqtt\"\n[[line]]\nid = \"chip\"\nkind = \"gpio\"\n[[line]]\nid = "
         "\"adc\"\nkind "
         "= \"iio\"\n" +
         rest;
}

}  // namespace

TEST_CASE("a scenario becomes lines, devices and faults") {
  const auto loaded =
      test::scenario_of(kGood + "[[fault]]\nkind = \"delay\"\ndevice = \"meter\"\ndelay = \"1 s\"\nfrom = \"1 min\"\n");
  REQUIRE(loaded.problems.empty());
  const simulator::Scenario& scenario = loaded.scenario;
  CHECK(scenario.seed == 3);
  REQUIRE(scenario.lines.size() == 2);
  CHECK(scenario.lines[0].link == "/nowhere/tty-bus");
  CHECK(scenario.lines[0].pause == core::Millis(5));
  CHECK(scenario.lines[1].modbus_tcp);
  CHECK(scenario.lines[1].port_file == "/tmp/port");
  REQUIRE(scenario.devices.size() == 1);
  CHECK(scenario.devices[0].latency == core::Millis(20));
  REQUIRE(scenario.faults.size() == 1);
  CHECK(scenario.faults[0].from == 60);
  CHECK(scenario.faults[0].delay == core::Seconds(1));
}

TEST_CASE("each mistake is told with its line, its key and what would be right") {
  const std::vector<Mistake> mistakes{
      {"[[lines]]\nid = \"a\"\n", 18, "lines", "line"},
      {"[[line]]\nid = \"a\"\nkind = \"usb\"\n", 20, "line.kind", "pty, tcp"},
      {"[[line]]\nid = \"bus\"\nkind = \"pty\"\n", 19, "line.id", "another"},
      {"[[line]]\nid = \"A b\"\nkind = \"pty\"\n", 19, "line.id", "a-z"},
      {"[[line]]\nid = \"a\"\nkind = \"pty\"\nport = 5\n", 21, "line.port", "tcp"},
      {"[[line]]\nid = \"a\"\nkind = \"tcp\"\nlink = \"x\"\n", 21, "line.link", "pty"},
      {"[[line]]\nid = \"a\"\nkind = \"pty\"\nlink = \"tty-bus\"\n", 18, "line.link", "'bus'"},
      {"[[line]]\nid = \"a\"\nkind = \"pty\"\nframing = \"modbus_tcp\"\n", 21, "line.framing", "pause"},
      {device("line = \"buss\"\ndriver = \"cjt188\"\n"), 20, "device.line", "'bus'"},
      {device("line = \"bus\"\ndriver = \"modbuss\"\n"), 21, "device.driver", "modbus"},
      {device("line = \"bus\"\ndriver = \"modbus\"\n"), 0, "device.options.unit", "missing"},
      {device("line = \"bus\"\ndriver = \"modbus\"\nprofile = \"nothing\"\noptions = { unit = 1 }\n"), 22, "profile",
       "nothing"},
      {device("line = \"bus\"\ndriver = \"cjt188\"\n"), 0, "device", "address"},
      {device("line = \"cabinet\"\ndriver = \"cjt188\"\noptions = { address = \"00000000000001\" }\n"), 20,
       "device.line", "Modbus TCP"},
      {meter("volum = 1"), 23, "device.channels.volum", "did you mean 'volume'"},
      {meter("volume = \"much\""), 23, "device.channels.volume", "no text"},
      {meter("valve = 1"), 23, "device.channels.valve", "is a text"},
      {meter("volume = [1]"), 23, "device.channels.volume", "expected a value"},
      {meter("volume = { kind = \"lamp\" }"), 23, "device.channels.volume.kind", "ramp"},
      {meter("volume = { value = 1 }"), 23, "device.channels.volume.kind", "missing"},
      {meter("volume = { kind = \"ramp\" }"), 23, "device.channels.volume.rate", "missing"},
      {meter("volume = { kind = \"ramp\", rate = 1, period = 2 }"), 23, "device.channels.volume.period", "unknown"},
      {meter("volume = { kind = \"storm\" }"), 23, "device.channels.volume.points", "expected"},
      {meter("volume = { kind = \"storm\", points = [[0, \"a\"]] }"), 23, "device.channels.volume.points", "number"},
      {meter("volume = { kind = \"storm\", points = [[0, inf]] }"), 23, "device.channels.volume.points", "number"},
      {meter("volume = { kind = \"storm\", points = [[5, 1], [5, 2]] }"), 23, "device.channels.volume.points", "grow"},
      {meter("volume = { kind = \"counter\", of = \"flow\" }"), 23, "device.channels.volume.of", "flow"},
      {meter("volume = { kind = \"counter\", of = \"volume\" }"), 23, "device.channels.volume.of", "volume"},
      {"[[fault]]\nkind = \"crcs\"\nline = \"bus\"\n", 19, "fault.kind", "'crc'"},
      {"[[fault]]\nline = \"bus\"\n", 18, "fault.kind", "missing"},
      {"[[fault]]\nkind = \"crc\"\n", 18, "fault", "line and device"},
      {"[[fault]]\nkind = \"crc\"\nline = \"bus\"\ndevice = \"meter\"\n", 18, "fault", "line and device"},
      {"[[fault]]\nkind = \"crc\"\ndevice = \"metre\"\n", 20, "fault.device", "'meter'"},
      {"[[fault]]\nkind = \"crc\"\nline = \"cabinet\"\n", 19, "fault.kind", "silence, delay, gone"},
      {"[[fault]]\nkind = \"copy\"\nline = \"bus\"\n", 19, "fault.kind", "\"pty\" or \"tcp\""},
      {"[[fault]]\nkind = \"copy\"\ndevice = \"meter\"\nbytes = 3\n", 21, "fault.bytes", "unknown"},
      {on_lines("[[fault]]\nkind = \"crc\"\nline = \"lns\"\n"), 28, "fault.kind", "silence, delay, gone, copy"},
      {on_lines("[[fault]]\nkind = \"delay\"\ndelay = 1\nline = \"chip\"\n"), 28, "fault.kind", "silence, gone"},
      {on_lines("[[fault]]\nkind = \"silence\"\nline = \"adc\"\n"), 28, "fault.kind", "allowed there: gone"},
      {on_lines("[[line]]\nid = \"x\"\nkind = \"mqtt\"\nlink = \"y\"\n"), 30, "line.link",
       "\"pty\" or \"gpio\" or \"iio\""},
      {on_lines("[[line]]\nid = \"x\"\nkind = \"gpio\"\nport = 1\n"), 30, "line.port", "\"tcp\" or \"mqtt\""},
      {on_lines("[[line]]\nid = \"x\"\nkind = \"iio\"\nlink = \"chip\"\n"), 27, "line.link", "'chip'"},
      {on_lines("[[line]]\nid = \"x\"\nkind = \"iio\"\npause = 0.1\n"), 30, "line.pause", "\"pty\" or \"tcp\""},
      {on_lines("[[line]]\nid = \"x\"\nkind = \"mqtt\"\nport = 0\n"), 30, "line.port", "1 to 65535"},
      {on_lines("[[line]]\nid = \"x\"\nkind = \"mqtt\"\npassword_file = \"p\"\n"), 30, "line.password_file",
       "username"},
      {on_lines("[[line]]\nid = \"x\"\nkind = \"tcp\"\nport_file = \"/tmp/port\"\n"), 30, "line.port_file",
       "'cabinet'"},
      {on_lines(device("line = \"bus\"\ndriver = \"lorawan\"\n")), 29, "device.line", "kind = \"mqtt\""},
      {on_lines(device("line = \"lns\"\ndriver = \"cjt188\"\n")), 29, "device.line", "a line of bytes"},
      {on_lines(
           device("line = \"lns\"\ndriver = \"lorawan\"\npush = 1\noptions = { dev_eui = \"0102030405060708\" }\n")),
       0, "device", "name a profile"},
      {on_lines(device("line = \"lns\"\ndriver = \"lorawan\"\nprofile = \"milesight_em500_swl\"\noptions = { dev_eui = "
                       "\"0102030405060708\" }\nchannels = { level = 1 }\n")),
       27, "device.push", "only speaks by itself"},
      {device("line = \"bus\"\ndriver = \"cjt188\"\npush = 1\n"), 22, "device.push", "only answers"},
      {device("line = \"bus\"\ndriver = \"wmbus\"\npush = 0.0001\n"), 22, "device.push", "1 ms"},
      {on_lines(device("line = \"chip\"\ndriver = \"gpio\"\npush = 1\noptions = { line = \"input-1\" }\n")), 0,
       "device", "no number of a line"},
      {on_lines(device("line = \"chip\"\ndriver = \"gpio\"\npush = 1\noptions = { line = \"3\", mode = \"pulses\" }\n"
                       "channels = { pulses_lost = 1 }\n")),
       33, "device.channels.pulses_lost", "follows"},
      {on_lines(device("line = \"chip\"\ndriver = \"gpio\"\noptions = { line = \"3\" }\n[[device]]\nid = \"y\"\nline = "
                       "\"chip\"\ndriver = \"gpio\"\noptions = { line = \"3\" }\n")),
       0, "device", "\"3\" already"},
      {on_lines(device("line = \"adc\"\ndriver = \"iio\"\noptions = { mode = \"loop\" }\n")), 0, "device", "shunt"},
      {meter("volume = { kind = \"ramp\", rate = 1, minimum = 2, maximum = 1 }"), 23, "device.channels.volume.maximum",
       "minimum"},
      {"[[fault]]\nkind = \"crc\"\nline = \"bus\"\nprobability = 2\n", 21, "fault.probability", "0 to 1"},
      {"[[fault]]\nkind = \"crc\"\nline = \"bus\"\nfrom = 5\nto = 5\n", 22, "fault.to", "later"},
      {"[[fault]]\nkind = \"echo\"\ndevice = \"meter\"\n", 20, "fault.device", "unknown"},
      {"[[fault]]\nkind = \"foreign\"\nline = \"bus\"\nevery = 1\nframes = [\"0x\"]\n", 22, "fault.frames",
       "hexadecimal"},
      {"[[fault]]\nkind = \"noise\"\ndevice = \"meter\"\nevery = 1\n", 21, "fault.every", "line"},
      {"fault = 3\n", 0, "", ""},
  };
  for (const Mistake& mistake : mistakes) {
    CAPTURE(mistake.text);
    const auto problems = test::scenario_of(kGood + mistake.text).problems;
    REQUIRE_FALSE(problems.empty());
    bool found = false;
    for (const config::Problem& problem : problems) {
      CAPTURE(problem.text());
      const bool place = mistake.line == 0 || problem.source.line == mistake.line;
      found = found || (place && (mistake.key.empty() || problem.key == mistake.key) &&
                        problem.text().find(mistake.message) != std::string::npos);
    }
    if (!found) {
      for (const config::Problem& problem : problems) MESSAGE(problem.text());
    }
    CHECK(found);
  }
}

TEST_CASE("all mistakes of a scenario are told at once, in the order of lines") {
  const auto problems =
      test::scenario_of("sed = 1\n[[line]]\nid = \"a\"\nkind = \"usb\"\n[[fault]]\nkind = \"x\"\n").problems;
  REQUIRE(problems.size() == 3);
  CHECK(problems[0].source.line == 1);
  CHECK(problems[1].source.line == 4);
  CHECK(problems[2].source.line == 6);
}

TEST_CASE("an empty scenario serves nothing and says so") {
  REQUIRE(test::scenario_of("").problems.size() == 1);
  CHECK(test::scenario_of("").problems[0].text().find("nothing to serve") != std::string::npos);
}
