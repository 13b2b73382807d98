// What a right configuration becomes.
#include "agent/config/load.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "tests/config/fixture.h"

using namespace afferent;
using config::PortConfig;

namespace {

constexpr std::string_view kFull = R"([node]
id = "tianlin-07"
area = "310104/013/07"
timezone = "Asia/Shanghai"
language = "zh"
control_socket = "run/control.sock"

[mqtt]
host = "broker.example"
version = "3.1.1"
tls = true
password_file = "password"
keep_alive = "10 s"
backoff_max = "2 min"
window = 20
max_message = "128 kB"

[store]
path = "/var/lib/x/store.db"
quota = "16 MB"
flush = "250 ms"

[telemetry]
batch = "0 s"

[[port]]
id = "line-1"
kind = "serial"
alias = "rs485-1"

[[port]]
id = "line-2"
kind = "serial"
path = "usb-Maker_Adapter-if00"
baud = 4800
framing = "7O2"
silence = "20 ms"

[[port]]
id = "net"
kind = "tcp"
host = "192.0.2.7"
modbus_tcp = true

[[device]]
id = "meter-1"
driver = "cjt188"
port = "line-1"
domain = "water"
name = "Block 12"
address = "0000101"
poll = "15 min"
reply_timeout = "300 ms"
retries = 4
component = "3101040101000001"
installed = 2024-05-31
place = { latitude = 31.17, longitude = 121.42, address = "Tianlin Road", grid = ["310104", "013"] }
[[device.calibration]]
channel = "volume"
offset = 12.5

[[device]]
id = "level-1"
driver = "modbus"
port = "line-1"
domain = "flood"
profile = "level"
unit = 9
baud = 19200
framing = "8N1"
calibration.level.scale = 0.5

[[device]]
id = "level-2"
driver = "modbus"
port = "net"
domain = "flood"
profile = "level"
poll = 0

[[rule]]
id = "flooded"
kind = "threshold"
domain = "flood"
channel = "level"
steps = [{ severity = "blue", above = 0.05 }, { severity = "red", above = 0.50 }]
hold = "5 s"

[[rule]]
id = "rising"
kind = "rate"
devices = ["level-2", "level-1"]
domain = "water"
channel = "level"
severity = "orange"
sentence = "rises"
rise = 0.1
per = "10 min"
)";

struct Full {
  test::ConfigFolder folder;
  config::Loaded loaded;
  Full() {
    const std::string password = folder.write("password", "secret\n");
    REQUIRE(::chmod(password.c_str(), 0640) == 0);
    folder.write("afferent.toml", kFull);
    loaded = folder.load();
    REQUIRE(test::joined(folder.texts(loaded.problems)) == "");
  }
};

}  // namespace

TEST_CASE("the gateway's own sections are read") {
  const Full full;
  const config::Config& c = full.loaded.config;
  CHECK(c.node.id == "tianlin-07");
  CHECK(c.node.area == std::vector<std::string>{"310104", "013", "07"});
  CHECK(c.node.timezone == "Asia/Shanghai");
  CHECK(c.node.board == "pc");
  CHECK(c.node.language == "zh");
  CHECK(c.node.control_socket == full.folder.path() + "/run/control.sock");
  CHECK(c.mqtt.host == "broker.example");
  CHECK(c.mqtt.port == 8883);
  CHECK(c.mqtt.version == 3);
  CHECK(c.mqtt.client_id == "tianlin-07");
  CHECK(c.mqtt.username == "tianlin-07");
  CHECK(c.mqtt.password_file == full.folder.path() + "/password");
  CHECK(c.mqtt.keep_alive == core::Seconds(10));
  CHECK(c.mqtt.backoff_max == core::Seconds(120));
  CHECK(c.mqtt.window == 20);
  CHECK(c.mqtt.max_message == 131072);
  CHECK(c.store.path == "/var/lib/x/store.db");
  CHECK(c.store.quota == 16u << 20);
  CHECK(c.store.reserve == 2u << 20);
  CHECK(c.store.flush == core::Millis(250));
  CHECK(c.telemetry.batch == core::Millis(0));
}

TEST_CASE("ports are read, with the board's aliases and by-id names resolved") {
  const Full full;
  const auto& ports = full.loaded.config.ports;
  REQUIRE(ports.size() == 3);
  CHECK(ports[0].path == "/dev/ttyS7");
  CHECK(ports[0].rs485);
  CHECK(ports[0].line == core::LineSettings{2400, 8, core::Parity::even, 1});  // its first device's driver
  CHECK(ports[1].path == "/dev/serial/by-id/usb-Maker_Adapter-if00");
  CHECK(ports[1].line == core::LineSettings{4800, 7, core::Parity::odd, 2});
  CHECK(ports[1].silence == core::Millis(20));
  CHECK(ports[2].kind == PortConfig::Kind::tcp);
  CHECK(ports[2].host == "192.0.2.7");
  CHECK(ports[2].tcp_port == 502);
  CHECK(ports[2].modbus_tcp);
}

TEST_CASE("devices are read, with what their driver says where they say nothing") {
  const Full full;
  const auto& devices = full.loaded.config.devices;
  REQUIRE(devices.size() == 3);
  const config::DeviceConfig& meter = devices[0];
  CHECK(meter.driver == test::fake_drivers()[0]);
  CHECK(meter.port == 0);
  CHECK(meter.identity.name == "Block 12");
  CHECK(meter.identity.component == "3101040101000001");
  CHECK(meter.identity.installed == "2024-05-31");
  CHECK(meter.identity.place.latitude == 31.17);
  CHECK(meter.identity.place.longitude == 121.42);
  CHECK(meter.identity.place.grid == std::vector<std::string>{"310104", "013"});
  REQUIRE(meter.identity.calibration.size() == 1);
  CHECK(meter.identity.calibration[0].channel == "volume");
  CHECK(meter.identity.calibration[0].scale == 1.0);
  CHECK(meter.identity.calibration[0].offset == 12.5);
  CHECK(meter.poll == core::Millis(900'000));
  CHECK(meter.reply_timeout == core::Millis(300));
  CHECK(meter.retries == 4);
  CHECK(meter.line == core::LineSettings{2400, 8, core::Parity::even, 1});
  CHECK(meter.options["address"].text() == "0000101");
  CHECK(meter.options["preamble"].integer() == 3);
  CHECK_FALSE(meter.options.has("framing"));

  const config::DeviceConfig& level = devices[1];
  CHECK(level.identity.name == "level-1");
  CHECK(level.line == core::LineSettings{19200, 8, core::Parity::none, 1});
  CHECK(level.reply_timeout == core::Millis(1000));
  CHECK(level.retries == 2);
  CHECK(level.poll == core::Millis(10'000));
  CHECK(level.options["unit"].integer() == 9);
  CHECK(level.profile["value"].list()[0]["register"].integer() == 4);
  CHECK(level.identity.calibration[0].scale == 0.5);
  CHECK(devices[2].poll == core::Millis(0));
}

TEST_CASE("the driver's framing follows the port, the line's framing is not mistaken for it") {
  const Full full;
  CHECK(full.loaded.config.devices[1].options["framing"].text() == "rtu");
  CHECK(full.loaded.config.devices[2].options["framing"].text() == "tcp");

  const test::ConfigFolder folder;
  folder.write(
      "afferent.toml",
      std::string(test::kNode) +
          "[[port]]\nid = \"net\"\nkind = \"tcp\"\nhost = \"h\"\ntcp_port = 4001\n"
          "[[device]]\nid = \"a\"\ndriver = \"modbus\"\nport = \"net\"\ndomain = \"flood\"\nprofile = \"level\"\n"
          "[[device]]\nid = \"b\"\ndriver = \"modbus\"\nport = \"net\"\ndomain = \"flood\"\nprofile = "
          "\"level\"\nframing = \"tcp\"\n");
  const config::Loaded loaded = folder.load();
  REQUIRE(test::joined(folder.texts(loaded.problems)) == "");
  CHECK(loaded.config.devices[0].options["framing"].text() == "rtu");
  CHECK(loaded.config.devices[1].options["framing"].text() == "tcp");
}

TEST_CASE("a port that says only the rate leaves the framing to each device's driver") {
  const test::ConfigFolder folder;
  folder.write("afferent.toml",
               std::string(test::kNode) + std::string(test::kPort) + "baud = 1200\n" + std::string(test::kDevice));
  const config::Loaded loaded = folder.load();
  REQUIRE(test::joined(folder.texts(loaded.problems)) == "");
  CHECK(loaded.config.devices[0].line == core::LineSettings{1200, 8, core::Parity::even, 1});
}

TEST_CASE("where neither device nor port says a rate each device has its driver's, and the port the first one's") {
  const test::ConfigFolder folder;
  const std::string two = std::string(test::kDevice) +
                          "[[device]]\nid = \"level-1\"\ndriver = \"modbus\"\nport = \"line-1\"\ndomain = \"flood\"\n"
                          "profile = \"level\"\n";
  folder.write("afferent.toml", std::string(test::kNode) + std::string(test::kPort) + two);
  config::Loaded loaded = folder.load();
  REQUIRE(test::joined(folder.texts(loaded.problems)) == "");
  constexpr core::LineSettings kMeter{2400, 8, core::Parity::even, 1};
  CHECK(loaded.config.devices[0].line == kMeter);
  CHECK(loaded.config.devices[1].line == core::LineSettings{9600, 8, core::Parity::none, 1});
  CHECK(loaded.config.ports[0].line == kMeter);

  folder.write("afferent.toml",
               std::string(test::kNode) + std::string(test::kPort) + "baud = 4800\nframing = \"8N1\"\n" + two);
  loaded = folder.load();
  REQUIRE(test::joined(folder.texts(loaded.problems)) == "");
  CHECK_FALSE(loaded.config.devices[0].line);
  CHECK_FALSE(loaded.config.devices[1].line);
  CHECK(loaded.config.ports[0].line == core::LineSettings{4800, 8, core::Parity::none, 1});
}

TEST_CASE("rules are read and bound to devices") {
  const Full full;
  const auto& rules = full.loaded.config.rules;
  REQUIRE(rules.size() == 2);
  CHECK(rules[0].devices == std::vector<core::DeviceId>{core::DeviceId(1), core::DeviceId(2)});
  CHECK(rules[0].channel == "level");
  CHECK_FALSE(rules[0].severity);
  CHECK(rules[0].options["steps"].list()[1]["above"].real() == 0.5);
  CHECK(rules[0].options["hold"].real() == 5.0);
  CHECK(rules[1].devices == std::vector<core::DeviceId>{core::DeviceId(2), core::DeviceId(1)});
  CHECK(rules[1].domain == "water");
  CHECK(rules[1].severity == core::Severity::orange);
  CHECK(rules[1].sentence.text() == "rises");
  CHECK(rules[1].options["per"].real() == 600.0);
  CHECK_FALSE(rules[1].options.has("channel"));
}

TEST_CASE("a store that cannot be a file is told at its line; one whose folder is not there yet is not") {
  const test::ConfigFolder folder;
  folder.write("a-file", "");
  const auto with_path = [&folder](const std::string& path) {
    folder.write("afferent.toml", std::string(test::kNode) + "[store]\npath = \"" + path + "\"\n");
    return test::joined(folder.mistakes());
  };
  CHECK(with_path(".").starts_with("afferent.toml:4: store.path: "));
  CHECK(with_path(".").ends_with(" is a folder; expected the path of a file in it\n"));
  CHECK(with_path("/no-such-folder/").ends_with(" names a folder; expected the path of a file in it\n"));
  CHECK(with_path("/dev/null").ends_with(" is no regular file; the store is one\n"));
  CHECK(with_path("a-file/s.db").ends_with(" is below something that is no folder\n"));
  CHECK(with_path("a-file") == "");
  CHECK(with_path("missing/s.db") == "");
}

TEST_CASE("a node alone is enough, and the rest has its defaults") {
  const test::ConfigFolder folder;
  folder.write("afferent.toml", test::kNode);
  const config::Loaded loaded = folder.load();
  CHECK(test::joined(folder.texts(loaded.problems)) == "");
  const config::Config& c = loaded.config;
  CHECK(c.node.control_socket == "/run/afferent/control.sock");
  CHECK(c.mqtt.host == "127.0.0.1");
  CHECK(c.mqtt.port == 1883);
  CHECK(c.mqtt.version == 0);
  CHECK(c.mqtt.username == "");
  CHECK(c.mqtt.max_message == 65536);
  CHECK(c.store.path == "/var/lib/afferent/store.db");
  CHECK(c.store.quota == 256u << 20);
  CHECK(c.store.reserve == 8u << 20);
  CHECK(c.telemetry.batch == core::Millis(5000));
}
