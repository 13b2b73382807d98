// [[port]] beyond serial lines: what each kind needs, may have and refuses.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include "tests/config/fixture.h"

using namespace afferent;
using test::joined;
using test::kNode;
using Kind = config::PortConfig::Kind;

namespace {

constexpr std::string_view kBoard =
    "name = \"PC\"\n"
    "[[gpio]]\nalias = \"input-1\"\nchip = \"/dev/gpiochip0\"\nline = 17\n"
    "[[gpio]]\nalias = \"input-2\"\nchip = \"/dev/gpiochip4\"\nline = 5\n";

const core::DriverSpec kSwitch{.name = "switch",
                               .summary = "Switch.",
                               .options = {},
                               .profile = {},
                               .port = {},
                               .ports = "gpio|mqtt",
                               .commands = {}};
const core::DriverSpec kMeter{
    .name = "meter", .summary = "Meter.", .options = {}, .profile = {}, .port = {}, .commands = {}};
constexpr std::array kDrivers{&kSwitch, &kMeter};

struct Loaded {
  std::string mistakes;
  config::Config config;
};

Loaded load(const std::string& text) {
  const test::ConfigFolder folder;
  folder.write("data/boards/pc/board.toml", kBoard);
  const std::string password = folder.write("password", "secret\n");
  REQUIRE(::chmod(password.c_str(), 0600) == 0);
  const std::string open = folder.write("open", "secret\n");
  REQUIRE(::chmod(open.c_str(), 0644) == 0);
  const std::string file = folder.write("afferent.toml", std::string(kNode) + text);
  config::Catalog catalog = folder.catalog();
  catalog.drivers = kDrivers;
  config::Loaded loaded = config::load(file, catalog);
  return {joined(folder.texts(loaded.problems)), std::move(loaded.config)};
}

std::string port(const std::string& kind, const std::string& more) {
  return "[[port]]\nid = \"p\"\nkind = \"" + kind + "\"\n" + more;
}

config::PortConfig right(const std::string& kind, const std::string& more) {
  const Loaded loaded = load(port(kind, more));
  REQUIRE(loaded.mistakes == "");
  REQUIRE(loaded.config.ports.size() == 1);
  CHECK(config::name_of(loaded.config.ports[0].kind) == kind);
  return loaded.config.ports[0];
}

std::string wrong(const std::string& kind, const std::string& more) { return load(port(kind, more)).mistakes; }

}  // namespace

TEST_CASE("a port that stations call listens on the gateway alone unless an address says otherwise") {
  const config::PortConfig plain = right("tcp-listen", "tcp_port = 9000\n");
  CHECK(plain.kind == Kind::tcp_listen);
  CHECK(plain.host == "127.0.0.1");
  CHECK(plain.tcp_port == 9000);
  CHECK(plain.connections == 64);
  CHECK(plain.idle == core::Millis(0));
  const config::PortConfig full =
      right("tcp-listen", "tcp_port = 9000\nhost = \"::\"\nconnections = 500\nidle = \"10 min\"\n");
  CHECK(full.host == "::");
  CHECK(full.connections == 500);
  CHECK(full.idle == core::Millis(600'000));

  CHECK(wrong("tcp-listen", "") ==
        "afferent.toml:3: port.tcp_port: missing; expected a whole number; allowed: 1 to 65535\n");
  CHECK(wrong("tcp-listen", "tcp_port = 9000\nhost = \"eth0\"\n") ==
        "afferent.toml:7: port.host: \"eth0\" is not an address; expected one of this gateway's own in numbers, or "
        "0.0.0.0 or :: for all\n");
  CHECK(wrong("tcp-listen", "tcp_port = 9000\nconnections = 0\n") ==
        "afferent.toml:7: port.connections: 0 is out of range; allowed: 1 to 4096\n");
  CHECK(wrong("tcp-listen", "tcp_port = 9000\n[[port]]\nid = \"q\"\nkind = \"tcp-listen\"\ntcp_port = 9000\n") ==
        "afferent.toml:7: port.tcp_port: \"127.0.0.1:9000\" is already the line of the port at afferent.toml:3; one "
        "port serves all devices of a line\n");
}

TEST_CASE("two ports on one serial server are refused, however its name is written") {
  const auto twin = [](const std::string& of_second) {
    return wrong("tcp", "host = \"gw.Lan\"\ntcp_port = 502\n[[port]]\nid = \"q\"\nkind = \"tcp\"\n" + of_second);
  };
  const std::string told =
      "afferent.toml:8: port.tcp_port: \"gw.lan:502\" is already the line of the port at afferent.toml:3; one port "
      "serves all devices of a line\n";
  CHECK(twin("host = \"GW.lan\"\ntcp_port = 502\n") == told);
  CHECK(twin("host = \"gw.lan.\"\ntcp_port = 502\n") == told);
  CHECK(twin("host = \"gw.lan\"\ntcp_port = 502\nmodbus_tcp = true\n") == "");
  CHECK(twin("host = \"gw.lan\"\ntcp_port = 503\n") == "");
  CHECK(twin("host = \"gw2.lan\"\ntcp_port = 502\n") == "");
  // One calls what the other listens for.
  CHECK(wrong("tcp-listen",
              "tcp_port = 9000\n[[port]]\nid = \"q\"\nkind = \"tcp\"\nhost = \"127.0.0.1\"\ntcp_port = 9000\n") == "");
}

TEST_CASE("a GPIO port is a chip by file, by label or by one of the board's lines, and knows the board's names on it") {
  using Lines = std::map<std::string, std::uint32_t, std::less<>>;
  const config::PortConfig file = right("gpio", "path = \"gpiochip4\"\n");
  CHECK(file.path == "/dev/gpiochip4");
  CHECK(file.gpio_lines == Lines{{"input-2", 5}});
  CHECK(right("gpio", "alias = \"input-1\"\n").path == "/dev/gpiochip0");
  CHECK(right("gpio", "alias = \"input-1\"\n").gpio_lines == Lines{{"input-1", 17}});
  CHECK(right("gpio", "path = \"pinctrl-rp1\"\n").path == "pinctrl-rp1");
  CHECK(right("gpio", "path = \"/run/stand-in.sock\"\n").gpio_lines == Lines{{"input-1", 17}, {"input-2", 5}});

  CHECK(
      wrong("gpio", "") ==
      "afferent.toml:3: port.path: missing; expected path (device file or label of a chip) or alias (a digital line of "
      "the board)\n");
  CHECK(wrong("gpio", "alias = \"input-3\"\n") ==
        "afferent.toml:6: port.alias: the board \"pc\" has no line \"input-3\"; did you mean 'input-1'?\n");
  CHECK(wrong("gpio", "path = \"gpiochip0\"\nalias = \"input-1\"\n") ==
        "afferent.toml:7: port.alias: says again what path says at afferent.toml:6; keep one of them\n");
  CHECK(wrong("gpio", "path = \"gpiochip0\"\n[[port]]\nid = \"q\"\nkind = \"gpio\"\nalias = \"input-1\"\n") ==
        "afferent.toml:7: port.path: \"/dev/gpiochip0\" is already the line of the port at afferent.toml:3; one port "
        "serves all devices of a line\n");
}

TEST_CASE("an IIO port is a device by name or by its folder") {
  CHECK(right("iio", "path = \"mcp3422\"\n").path == "mcp3422");
  CHECK(right("iio", "path = \"/tmp/adc\"\n").path == "/tmp/adc");
  CHECK(right("iio", "path = \"./adc\"\n").path.ends_with("/./adc"));
  CHECK(wrong("iio", "") ==
        "afferent.toml:3: port.path: missing; expected the name of a device, e.g. \"mcp3422\", or its folder\n");
  CHECK(wrong("iio", "path = \"a\"\nalias = \"input-1\"\n") ==
        "afferent.toml:7: port.alias: is for kind = \"serial\" or \"gpio\" only\n");
}

TEST_CASE("an MQTT port is the local broker unless a host says otherwise; its password stands in a closed file") {
  const config::PortConfig plain = right("mqtt", "");
  CHECK(plain.host == "127.0.0.1");
  CHECK(plain.tcp_port == 1883);
  CHECK(plain.username.empty());
  const config::PortConfig full = right(
      "mqtt", "host = \"chirpstack.example\"\ntcp_port = 1884\nusername = \"gw\"\npassword_file = \"password\"\n");
  CHECK(full.host == "chirpstack.example");
  CHECK(full.tcp_port == 1884);
  CHECK(full.username == "gw");
  CHECK(full.password_file.ends_with("/password"));

  CHECK(wrong("mqtt", "username = \"gw\"\npassword_file = \"open\"\n") ==
        "afferent.toml:7: port.password_file: \"open\" can be used by everybody (mode 0644); allowed: no rights for "
        "others, e.g. 0600 or 0640\n");
  CHECK(wrong("mqtt", "username = \"gw\"\npassword_file = \"gone\"\n")
            .find("port.password_file: \"gone\" cannot be read") != std::string::npos);
  CHECK(wrong("mqtt", "password_file = \"password\"\n") ==
        "afferent.toml:6: port.password_file: is of no use without username\n");
  CHECK(wrong("mqtt", "host = \"mqtt://h\"\n") ==
        "afferent.toml:6: port.host: \"mqtt://h\" is not a host; expected a name or an address alone\n");
}

TEST_CASE("keys of serial lines are refused on every other kind, and theirs on serial lines") {
  for (const auto& [kind, needed] : {std::pair{"tcp-listen", "tcp_port = 1\n"}, std::pair{"gpio", "path = \"x\"\n"},
                                     std::pair{"iio", "path = \"x\"\n"}, std::pair{"mqtt", "tcp_port = 1\n"}}) {
    CAPTURE(kind);
    CHECK(wrong(kind, std::string(needed) + "baud = 9600\n") ==
          "afferent.toml:7: port.baud: is for kind = \"serial\" only\n");
    CHECK(wrong(kind, std::string(needed) + "rs485 = true\n") ==
          "afferent.toml:7: port.rs485: is for kind = \"serial\" only\n");
    CHECK(wrong(kind, std::string(needed) + "modbus_tcp = true\n") ==
          "afferent.toml:7: port.modbus_tcp: is for kind = \"tcp\" only\n");
  }
  CHECK(wrong("serial", "path = \"x\"\nidle = 5\nusername = \"u\"\n") ==
        "afferent.toml:7: port.idle: is for kind = \"tcp-listen\" only\n"
        "afferent.toml:8: port.username: is for kind = \"mqtt\" only\n");
}

TEST_CASE("a device is refused on a kind of port that its driver cannot use") {
  const auto device = [](const std::string& driver) {
    return "[[device]]\nid = \"d\"\ndriver = \"" + driver + "\"\nport = \"p\"\ndomain = \"water\"\n";
  };
  CHECK(load(port("gpio", "path = \"x\"\n") + device("switch")).mistakes == "");
  CHECK(load(port("mqtt", "tcp_port = 1\n") + device("switch")).mistakes == "");
  CHECK(load(port("serial", "path = \"x\"\n") + device("switch")).mistakes ==
        "afferent.toml:10: device.port: port \"p\" is of kind \"serial\"; driver \"switch\" needs one of kind gpio, "
        "mqtt\n");
  CHECK(
      load(port("iio", "path = \"x\"\n") + device("meter")).mistakes ==
      "afferent.toml:10: device.port: port \"p\" is of kind \"iio\"; driver \"meter\" needs one of kind serial, tcp\n");
  CHECK(load(port("gpoi", "path = \"x\"\n") + device("meter")).mistakes.find("device.port") == std::string::npos);
}
