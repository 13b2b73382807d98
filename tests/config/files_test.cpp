// One file and its fragments, boards and profiles.
#include <doctest/doctest.h>

#include "agent/config/files.h"
#include "tests/config/fixture.h"

using namespace afferent;
using test::ConfigFolder;
using test::joined;
using test::kDevice;
using test::kNode;
using test::kPort;

TEST_CASE("fragments are read in the order of their names and append to the lists") {
  const ConfigFolder folder;
  folder.write("afferent.toml", std::string(kNode) + std::string(kPort) + std::string(kDevice));
  folder.write("conf.d/20.toml",
               "[[device]]\nid = \"c\"\ndriver = \"cjt188\"\nport = \"line-1\"\ndomain = \"gas\"\naddress = \"3\"\n");
  folder.write("conf.d/10.toml",
               "[mqtt]\nwindow = 7\n[[device]]\nid = \"b\"\ndriver = \"cjt188\"\nport = \"line-1\"\ndomain = "
               "\"heat\"\naddress = \"2\"\n");
  folder.write("conf.d/ignored.txt", "not toml");
  const config::Loaded loaded = folder.load();
  CHECK(joined(folder.texts(loaded.problems)) == "");
  REQUIRE(loaded.config.devices.size() == 3);
  CHECK(loaded.config.devices[1].identity.id == "b");
  CHECK(loaded.config.devices[2].identity.id == "c");
  CHECK(loaded.config.mqtt.window == 7);
}

TEST_CASE("a key in two files is refused with both places") {
  const ConfigFolder folder;
  folder.write("afferent.toml", std::string(kNode) + "area = [\"1\"]\n[mqtt]\nwindow = 7\n");
  folder.write("conf.d/a.toml", "[mqtt]\nhost = \"h\"\nwindow = 8\n");
  folder.write("conf.d/b.toml", "[node]\narea = [\"2\"]\n");
  CHECK(joined(folder.mistakes()) ==
        "conf.d/a.toml:3: mqtt.window: given twice; it stands already at afferent.toml:5\n"
        "conf.d/b.toml:2: node.area: given twice; it stands already at afferent.toml:3\n");
}

TEST_CASE("an id in two files is refused with both places") {
  const ConfigFolder folder;
  folder.write("afferent.toml", std::string(kNode) + std::string(kPort) + std::string(kDevice));
  folder.write("conf.d/a.toml", "\n" + std::string(kDevice));
  CHECK(joined(folder.mistakes()) ==
        "conf.d/a.toml:3: device.id: \"meter-1\" is given twice; it is already the id of the device at "
        "afferent.toml:8\n");
}

TEST_CASE("a file that is not TOML does not hide the mistakes of the others") {
  const ConfigFolder folder;
  folder.write("afferent.toml", std::string(kNode) + "[mqtt\nhost = 5\n");
  folder.write("conf.d/a.toml", std::string(kDevice) +
                                    "poll = true\n[[rule]]\nid = \"r\"\nkind = \"range\"\ndevices = [\"elsewhere\"]\n");
  const auto lines = folder.mistakes();
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].starts_with("afferent.toml:3:6: is not TOML: "));
  // Port and device may stand in the broken file: they are not called unknown.
  CHECK(lines[1].starts_with("conf.d/a.toml:7: device.poll: expected a duration"));
}

TEST_CASE("a missing file is one clear mistake") {
  const ConfigFolder folder;
  CHECK(joined(folder.mistakes()) == "afferent.toml: cannot be read: No such file or directory\n");
}

TEST_CASE("a board beside the configuration comes before the installed one") {
  const ConfigFolder folder;
  folder.write("boards/pc/board.toml", "name = \"Mine\"\n[[port]]\nalias = \"rs485-1\"\npath = \"/dev/ttyX\"\n");
  folder.write("afferent.toml", std::string(kNode) + "[[port]]\nid = \"l\"\nkind = \"serial\"\nalias = \"rs485-1\"\n");
  const config::Loaded loaded = folder.load();
  REQUIRE(joined(folder.texts(loaded.problems)) == "");
  CHECK(loaded.config.ports[0].path == "/dev/ttyX");
  CHECK_FALSE(loaded.config.ports[0].rs485);
}

TEST_CASE("mistakes in a board are reported with its file") {
  const ConfigFolder folder;
  folder.write("data/boards/pc/board.toml", "name = \"PC\"\n[[port]]\nalias = \"a\"\npaht = \"/dev/x\"\n");
  folder.write("afferent.toml", kNode);
  CHECK(joined(folder.mistakes()) ==
        "data/boards/pc/board.toml:2: port.path: missing; expected a text in quotes; allowed: 1 to 4096 characters\n"
        "data/boards/pc/board.toml:4: port.paht: unknown key; did you mean 'path'?\n");
}

TEST_CASE("the boards of the source tree are right and have the lines that their readme shows") {
  for (const std::string& name : config::folders_in(AFFERENT_SOURCE "/boards")) {
    CAPTURE(name);
    const ConfigFolder folder;
    folder.write("afferent.toml", std::string(kNode) + "board = \"" + name +
                                      "\"\n[[port]]\nid = \"l\"\nkind = \"serial\"\nalias = \"usb-1\"\n");
    const config::Loaded loaded =
        config::load(folder.path() + "/afferent.toml", {test::fake_drivers(), test::fake_rules(), AFFERENT_SOURCE});
    CHECK(joined(folder.texts(loaded.problems)) == "");
    REQUIRE(loaded.config.ports.size() == 1);
    CHECK(loaded.config.ports[0].path == "/dev/ttyUSB0");
    CHECK(std::filesystem::exists(AFFERENT_SOURCE "/boards/" + name + "/README.md"));
  }
  CHECK(config::folders_in(AFFERENT_SOURCE "/boards").size() >= 6);
}

namespace {

std::string profile_mistakes(const ConfigFolder& folder, const std::string& name) {
  folder.write("afferent.toml",
               std::string(kNode) + std::string(kPort) +
                   "[[device]]\nid = \"d\"\ndriver = \"modbus\"\nport = \"line-1\"\ndomain = \"flood\"\n" +
                   (name.empty() ? "" : "profile = \"" + name + "\"\n"));
  return joined(folder.mistakes());
}

}  // namespace

TEST_CASE("a profile is found by name or by path") {
  const ConfigFolder folder;
  CHECK(profile_mistakes(folder, "level") == "");
  folder.write("own.toml", "[[value]]\nchannel = \"level\"\nregister = 1\n");
  CHECK(profile_mistakes(folder, "own.toml") == "");
  folder.write("profiles/modbus/mine.toml", "[[value]]\nchannel = \"level\"\nregister = 1\n");
  CHECK(profile_mistakes(folder, "mine") == "");
}

TEST_CASE("a profile that is missing, unknown or wrong says so") {
  const ConfigFolder folder;
  CHECK(profile_mistakes(folder, "") ==
        "afferent.toml:7: device.profile: missing; the driver modbus needs a profile, by name or path\n");
  CHECK(profile_mistakes(folder, "levle") ==
        "afferent.toml:12: device.profile: the driver modbus has no profile \"levle\"; did you mean 'level'?\n");
  CHECK(profile_mistakes(folder, "none.toml") == "afferent.toml:12: device.profile: there is no file \"none.toml\"\n");
  CHECK(profile_mistakes(folder, "../modbus/level") ==
        "afferent.toml:12: device.profile: the driver modbus has no profile \"../modbus/level\"; allowed: level\n");
  folder.write("data/profiles/modbus/level.toml", "[[value]]\nchannel = \"level\"\nregister = 70000\nextra = 1\n");
  CHECK(profile_mistakes(folder, "level") ==
        "data/profiles/modbus/level.toml:3: value.register: 70000 is out of range; allowed: 0 to 65535\n"
        "data/profiles/modbus/level.toml:4: value.extra: unknown key; allowed: channel, register\n");
}

TEST_CASE("a driver without profiles refuses one") {
  const ConfigFolder folder;
  folder.write("afferent.toml",
               std::string(kNode) + std::string(kPort) + std::string(kDevice) + "profile = \"level\"\n");
  CHECK(joined(folder.mistakes()) ==
        "afferent.toml:13: device.profile: the driver cjt188 has no profiles; leave the key out\n");
}
