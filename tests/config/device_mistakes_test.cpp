// Each kind of mistake in ports and devices, with the exact place, key and hint.
#include <doctest/doctest.h>

#include "tests/config/fixture.h"

using namespace afferent;
using test::joined;
using test::kDevice;
using test::kNode;
using test::kPort;

namespace {

std::string after_node(const std::string& text) { return joined(test::mistakes_of(std::string(kNode) + text)); }

// The mistakes of one more line of a right serial port: line 7.
std::string in_port(const std::string& line) { return after_node(std::string(kPort) + line + "\n"); }

// The mistakes of one more line of a right device: line 13.
std::string in_device(const std::string& line) {
  return after_node(std::string(kPort) + std::string(kDevice) + line + "\n");
}

std::string in_modbus(const std::string& line) {
  return after_node(
      std::string(kPort) +
      "[[device]]\nid = \"d\"\ndriver = \"modbus\"\nport = \"line-1\"\ndomain = \"flood\"\nprofile = \"level\"\n" +
      line + "\n");
}

}  // namespace

TEST_CASE("a port needs an id, a kind and what the kind is reached by") {
  CHECK(after_node("[[port]]\n") ==
        "afferent.toml:3: port.id: missing; expected a text in quotes; allowed: 1 to 64 characters\n"
        "afferent.toml:3: port.kind: missing; expected a text in quotes; allowed: serial, tcp, tcp-listen, gpio, iio, "
        "mqtt\n");
  CHECK(after_node("[[port]]\nid = \"a\"\nkind = \"serial\"\n") ==
        "afferent.toml:3: port.path: missing; expected path (a device file) or alias (a line of the board)\n");
  CHECK(after_node("[[port]]\nid = \"a\"\nkind = \"tcp\"\n") ==
        "afferent.toml:3: port.host: missing; expected a name or an address\n"
        "afferent.toml:3: port.tcp_port: missing; expected a whole number; allowed: 1 to 65535\n");
  CHECK(after_node("[[port]]\nid = \"a\"\nkind = \"seriel\"\n") ==
        "afferent.toml:5: port.kind: \"seriel\" is not allowed; allowed: serial, tcp, tcp-listen, gpio, iio, mqtt; did "
        "you mean 'serial'?\n");
  CHECK(after_node("[port]\nid = \"a\"\nkind = \"tcp\"\nhost = \"h\"\ntcp_port = 1\n") ==
        "afferent.toml:3: port: a list of tables is expected: write [[port]] instead of [port]\n");
}

TEST_CASE("keys of the other kind of port are refused") {
  CHECK(in_port("host = \"h\"") ==
        "afferent.toml:7: port.host: is for kind = \"tcp\" or \"tcp-listen\" or \"mqtt\" only\n");
  CHECK(in_port("modbus_tcp = false") == "afferent.toml:7: port.modbus_tcp: is for kind = \"tcp\" only\n");
  CHECK(after_node(
            "[[port]]\nid = \"a\"\nkind = \"tcp\"\nhost = \"h\"\ntcp_port = 1\npath = \"/dev/x\"\nbaud = 9600\n") ==
        "afferent.toml:8: port.path: is for kind = \"serial\" or \"gpio\" or \"iio\" only\n"
        "afferent.toml:9: port.baud: is for kind = \"serial\" only; a serial server has its own setting\n");
}

TEST_CASE("an alias is a line of the board, and stands alone") {
  const std::string port = "[[port]]\nid = \"a\"\nkind = \"serial\"\nalias = ";
  CHECK(after_node(port + "\"rs485-2\"\n") ==
        "afferent.toml:6: port.alias: the board \"pc\" has no line \"rs485-2\"; did you mean 'rs485-1'?\n");
  CHECK(after_node(port + "\"can\"\n") ==
        "afferent.toml:6: port.alias: the board \"pc\" has no line \"can\"; allowed: rs485-1, usb-1\n");
  CHECK(in_port("alias = \"usb-1\"") ==
        "afferent.toml:7: port.alias: says again what path says at afferent.toml:6; keep one of them\n");
}

TEST_CASE("serial settings are checked") {
  CHECK(in_port("framing = \"9N1\"") ==
        "afferent.toml:7: port.framing: \"9N1\" is not a framing; expected data bits 5 to 8, parity N, E or O and stop "
        "bits 1 or "
        "2, e.g. \"8E1\"\n");
  CHECK(in_port("parity = \"E\"") == "afferent.toml:7: port.parity: \"E\" is not allowed; allowed: none, even, odd\n");
  CHECK(in_port("baud = 49") == "afferent.toml:7: port.baud: 49 is out of range; allowed: 50 to 4000000\n");
  CHECK(in_port("framing = \"8E1\"\nparity = \"even\"") ==
        "afferent.toml:8: port.parity: says again what framing says at afferent.toml:7; keep one of them\n");
}

TEST_CASE("a line belongs to one port") {
  CHECK(in_port("\n[[port]]\nid = \"b\"\nkind = \"serial\"\npath = \"ttyS9\"") ==
        "afferent.toml:8: port.path: \"/dev/ttyS9\" is already the line of the port at afferent.toml:3; one port "
        "serves all "
        "devices of a line\n");
}

TEST_CASE("ids are words and unique") {
  CHECK(after_node(std::string(kPort) + std::string(kPort))
            .find("afferent.toml:8: port.id: \"line-1\" is given twice; it is already the id of the port at "
                  "afferent.toml:4\n") != std::string::npos);
  CHECK(after_node("[[port]]\nid = \"Line 1\"\nkind = \"serial\"\npath = \"/dev/x\"\n") ==
        "afferent.toml:4: port.id: \"Line 1\" is not an id; allowed: a-z, 0-9, '_', '.' and '-', beginning with a "
        "letter or digit\n");
}

TEST_CASE("a device needs id, driver, port and domain, and its driver's keys") {
  CHECK(after_node("[[device]]\n") ==
        "afferent.toml:3: device.id: missing; expected a text in quotes; allowed: 1 to 64 characters\n"
        "afferent.toml:3: device.driver: missing; expected a text in quotes\n"
        "afferent.toml:3: device.port: missing; expected a text in quotes\n"
        "afferent.toml:3: device.domain: missing; expected a text in quotes; allowed: 1 to 32 characters\n");
  CHECK(after_node(std::string(kPort) +
                   "[[device]]\nid = \"d\"\ndriver = \"cjt188\"\nport = \"line-1\"\ndomain = \"water\"\n") ==
        "afferent.toml:7: device.address: missing; expected a text in quotes\n");
}

TEST_CASE("driver and port of a device must exist") {
  CHECK(
      after_node(std::string(kPort) +
                 "[[device]]\nid = \"d\"\ndriver = \"cjt-188\"\nport = \"line1\"\ndomain = \"water\"\nadress = 1\n") ==
      "afferent.toml:9: device.driver: there is no driver \"cjt-188\"; did you mean 'cjt188'?\n"
      "afferent.toml:10: device.port: there is no port \"line1\"; did you mean 'line-1'?\n");
  CHECK(after_node(std::string(kDevice)) ==
        "afferent.toml:6: device.port: there is no port \"line-1\"; there is no [[port]] at all\n");
}

TEST_CASE("a port without an id is none that a device could mean") {
  const std::string ports = "[[port]]\nkind = \"serial\"\npath = \"/dev/ttyS8\"\n";
  CHECK(after_node(ports + std::string(kPort) +
                   "[[device]]\nid = \"d\"\ndriver = \"cjt188\"\nport = \"nosuch\"\ndomain = \"water\"\naddress = "
                   "\"01\"\n") ==
        "afferent.toml:3: port.id: missing; expected a text in quotes; allowed: 1 to 64 characters\n"
        "afferent.toml:13: device.port: there is no port \"nosuch\"; allowed: line-1\n");
}

TEST_CASE("keys of a device are its driver's and the common ones") {
  CHECK(in_device("adress = \"02\"") == "afferent.toml:13: device.adress: unknown key; did you mean 'address'?\n");
  CHECK(in_device("unit = 5").find("afferent.toml:13: device.unit: unknown key") == 0);
  CHECK(in_device("preamble = 9") == "afferent.toml:13: device.preamble: 9 is out of range; allowed: 0 to 8\n");
  CHECK(in_modbus("unit = 300") == "afferent.toml:13: device.unit: 300 is out of range; allowed: 1 to 247\n");
}

TEST_CASE("timing of a device is checked") {
  CHECK(in_device("poll = \"40 d\"") ==
        "afferent.toml:13: device.poll: \"40 d\" is out of range; allowed: 0 s to 31 d\n");
  CHECK(in_device("poll = \"5\"") ==
        "afferent.toml:13: device.poll: expected a duration such as \"250 ms\", \"5 s\", \"10 min\", \"12 h\" or \"1 "
        "d\", or a "
        "number of seconds, found \"5\"; allowed: 0 s to 31 d\n");
  CHECK(in_device("reply_timeout = 0") ==
        "afferent.toml:13: device.reply_timeout: 0 is out of range; allowed: 1 ms to 1 min\n");
  CHECK(in_device("retries = -1") == "afferent.toml:13: device.retries: -1 is out of range; allowed: 0 to 10\n");
}

TEST_CASE("framing of a device is the line's or the driver's") {
  CHECK(in_device("framing = \"rtu\"").find("afferent.toml:13: device.framing: \"rtu\" is not a framing") == 0);
  CHECK(in_modbus("framing = \"ascii\"") ==
        "afferent.toml:13: device.framing: \"ascii\" is not allowed; allowed: rtu, tcp\n");
  CHECK(in_modbus("framing = \"8E1\"") == "");
  CHECK(in_modbus("framing = \"9N3\"")
            .starts_with("afferent.toml:13: device.framing: \"9N3\" is not a framing; expected data bits"));
  CHECK(in_modbus("framing = \"rtu\"") == "");
  CHECK(in_modbus("framing = \"tcp\"") ==
        "afferent.toml:13: device.framing: \"tcp\" is not for a serial port; allowed there: rtu\n");
  CHECK(after_node("[[port]]\nid = \"line-1\"\nkind = \"tcp\"\nhost = \"h\"\ntcp_port = 1\n" + std::string(kDevice) +
                   "baud = 9600\n") ==
        "afferent.toml:14: device.baud: is for a device on a serial port only; a serial server has its own setting\n");
}

TEST_CASE("a component code is sixteen digits of the division in the grid path") {
  CHECK(in_device("component = \"31010401010000A1\"") ==
        "afferent.toml:13: device.component: \"31010401010000A1\" is not a component code; allowed: 16 digits (6 "
        "division, 2 + 2 "
        "class, 6 number)\n");
  CHECK(in_device("component = \"310104010100000\"") ==
        "afferent.toml:13: device.component: \"310104010100000\" is out of range; allowed: 16 characters\n");
  CHECK(in_device("component = 3101040101000001").find("expected a text in quotes, found 3101040101000001") !=
        std::string::npos);
  CHECK(
      in_device("component = \"3205080101000001\"\nplace.grid = \"310104/013\"") ==
      "afferent.toml:13: device.component: \"3205080101000001\" belongs to division 320508, but place.grid begins with "
      "\"310104\"; expected the first six digits to be the same\n");
  CHECK(in_device("component = \"3101040101000001\"\nplace.grid = [\"310104\", \"013\"]") == "");
  CHECK(in_device("component = \"3205080101000001\"") == "");
}

TEST_CASE("a component of a device without a grid path is compared with the gateway's") {
  const std::string device = std::string(kPort) + std::string(kDevice) + "component = \"3205080101000001\"\n";
  CHECK(
      after_node("area = \"310104/013\"\n" + device) ==
      "afferent.toml:14: device.component: \"3205080101000001\" belongs to division 320508, but node.area begins with "
      "\"310104\"; expected the first six digits to be the same\n");
  CHECK(after_node("area = \"320508/013\"\n" + device) == "");
  CHECK(after_node("area = \"gusu\"\n" + device) == "");
}

TEST_CASE("place, date, domain and calibration of a device are checked") {
  CHECK(in_device("place = { latitude = 91.0, longitude = 0 }") ==
        "afferent.toml:13: device.place.latitude: 91 is out of range; allowed: -90 to 90\n");
  CHECK(in_device("place = { latitude = 31.0 }") ==
        "afferent.toml:13: device.place.latitude: is of no use alone; give latitude and longitude or neither\n");
  CHECK(in_device("installed = \"2023-02-29\"") ==
        "afferent.toml:13: device.installed: \"2023-02-29\" is not a date; expected YYYY-MM-DD, e.g. \"2024-05-31\"\n");
  CHECK(in_device("installed = \"31.05.2024\"").find("is not a date") != std::string::npos);
  CHECK(
      joined(test::mistakes_of(
          std::string(kNode) + std::string(kPort) +
          "[[device]]\nid = \"d\"\ndriver = \"cjt188\"\nport = \"line-1\"\naddress = \"1\"\ndomain = \"Water1\"\n")) ==
      "afferent.toml:12: device.domain: \"Water1\" is not a domain; allowed: water, flood, manhole, gas, heat, node or "
      "another "
      "word of a-z\n");
  CHECK(in_device("calibration.Level.scale = 2") ==
        "afferent.toml:13: device.calibration.channel: \"Level\" is not a channel name; expected e.g. \"level\" or "
        "\"volume@1\"\n");
  CHECK(in_device("calibration.level.scale = 0") ==
        "afferent.toml:13: device.calibration.scale: 0 would make every value the same; allowed: any other number\n");
  CHECK(in_device("calibration.level = 2") ==
        "afferent.toml:13: device.calibration.level: expected a table such as { scale = 1.0, offset = 0.02 } of a "
        "channel, found 2\n");
  CHECK(in_device("calibration.level.scal = 2") ==
        "afferent.toml:13: device.calibration.scal: unknown key; did you mean 'scale'?\n");
  CHECK(in_device("[[device.calibration]]\nchannel = \"level\"\n[[device.calibration]]\nchannel = \"level\"") ==
        "afferent.toml:16: device.calibration.channel: \"level\" is calibrated twice\n");
  CHECK(in_device("[[device.calibration]]\nscale = 1") ==
        "afferent.toml:13: device.calibration.channel: missing; expected a text in quotes; allowed: 1 to 64 "
        "characters\n");
}
