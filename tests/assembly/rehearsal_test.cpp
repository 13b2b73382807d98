// All that is wrong with a configuration at once: of its text, its files, its drivers and its rules.
#include "agent/assembly/rehearsal.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "drivers/registry.h"
#include "tests/support/fakes.h"

using namespace afferent;

namespace {

struct Site {
  std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("afferent_rehearsal_" + std::to_string(::getpid()));
  Site() { std::filesystem::create_directories(folder); }
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;
  ~Site() { std::filesystem::remove_all(folder); }

  void file(const std::string& name, const std::string& text) const { std::ofstream(folder / name) << text; }
  // "a.toml:12: device.poll: ..."
  std::vector<std::string> mistakes(const std::string& toml) const {
    file("a.toml", toml);
    test::FakeClock clock;
    test::CountingRandom random;
    config::Loaded loaded = config::load((folder / "a.toml").string(),
                                         {drivers::built_in(), rules::kinds(), AFFERENT_SOURCE "/agent/rules"});
    const auto all = assembly::rehearse(std::move(loaded), clock, random, core::Zone(), clock.now());
    std::vector<std::string> texts;
    const std::string prefix = folder.string() + "/";
    for (const config::Problem& problem : all.problems) {
      std::string text = problem.text();
      for (std::size_t at = text.find(prefix); at != text.npos; at = text.find(prefix)) text.erase(at, prefix.size());
      texts.push_back(text);
    }
    return texts;
  }
};

const std::string kHead = R"([node]
id = "gw"
[store]
path = "s.db"
[[port]]
id = "bus"
kind = "serial"
path = "/dev/ttyS9"
[[port]]
id = "st"
kind = "tcp-listen"
tcp_port = 9000
)";  // 12 lines

bool has(const std::vector<std::string>& all, std::string_view beginning) {
  return std::any_of(all.begin(), all.end(), [&](const std::string& one) { return one.starts_with(beginning); });
}

std::string shown(const std::vector<std::string>& all) {
  std::string text;
  for (const std::string& one : all) text += one + "\n";
  return text;
}

std::string station(const std::string& id, const std::string& rest) {
  return "[[device]]\nid = \"" + id + "\"\ndriver = \"sl651\"\nport = \"st\"\ndomain = \"flood\"\n" + rest;
}
std::string meter(const std::string& id, const std::string& rest) {
  return "[[device]]\nid = \"" + id + "\"\ndriver = \"cjt188\"\nport = \"bus\"\ndomain = \"water\"\n" + rest;
}

}  // namespace

TEST_CASE(
    "mistakes of the text, of files, of drivers and of rules are told at once, and nothing that follows of them") {
  const Site site;
  site.file("cyl.csv", "tag,cylinder,made\nAA,C-1,yesterday\n");
  const auto all = site.mistakes(
      kHead + meter("m1", "pol = \"5 s\"\naddress = \"78330011223344\"\n") +  // 13 to 19, text: 18
      meter("m2",
            "address = \"7833001122334G\"\ntype = \"99\"\nalso = [\"7777\"]\n") +  // 20 to 27, driver: all of 25 to 27
      meter("m3", "address = \"78330011223345\"\n") +                              // 28 to 33, right
      "[[rule]]\nid = \"a\"\nkind = \"threshold\"\ndevice = \"m3\"\nchannel = \"volume\"\n"  // 34: no limit
      "[[rule]]\nid = \"b\"\nkind = \"threshold\"\ndevice = \"m1\"\nchannel = \"volume\"\nabove = 5\n"
      "[[rule]]\nid = \"c\"\nkind = \"threshold\"\ndevice = \"m2\"\nchannel = \"volume\"\nabove = 5\n"
      "[[rule]]\nid = \"d\"\nkind = \"custody\"\ndevice = \"m3\"\ninventory = \"cyl.csv\"\n"
      "[[rule]]\nid = \"e\"\nkind = \"composite\"\ndevice = \"m3\"\nwhen = \"rule:a or rule:c\"\n");
  INFO(shown(all));
  CHECK(all.size() == 6);
  CHECK(has(all, "a.toml:18: device.pol: unknown key"));
  CHECK(has(all, "a.toml:25: device.address: \"7833001122334G\": must be 14 hex digits"));
  CHECK(has(all, "a.toml:27: device.also: \"7777\""));
  CHECK(has(all, "a.toml:26: device.type: \"99\": must be a meter type"));
  CHECK(has(all, "a.toml:34: rule 'a': above: give one of"));
  CHECK(has(all, "cyl.csv:2: rule 'd': inventory: made 'yesterday'"));
}

TEST_CASE("a rule's channel that no device has is told beside mistakes of others") {
  const Site site;
  const auto all = site.mistakes(
      "[node]\nid = \"gw\"\n[store]\npath = \"s.db\"\n[[port]]\nid = \"r\"\nkind = \"tcp\"\nhost = \"h\"\ntcp_port = "
      "5084\n"
      "[[device]]\nid = \"r1\"\ndriver = \"llrp\"\nport = \"r\"\ndomain = \"gas\"\n"
      "[[rule]]\nid = \"a\"\nkind = \"silent\"\ndevice = \"r1\"\nafter = \"1 s\"\nafterr = 3\n"
      "[[rule]]\nid = \"b\"\nkind = \"rate\"\ndevice = \"r1\"\nchannel = \"levle\"\nrise = 1\nper = 60\n");
  INFO(shown(all));
  CHECK(all.size() == 2);
  CHECK(has(all, "a.toml:20: rule.afterr: unknown key"));
  CHECK(has(all, "a.toml:25: rule 'b': channel"));
}

TEST_CASE("a wildcard that names the maker leaves the meters of others alone; letters of SDI-12 have two cases") {
  const Site site;
  const auto pair = [&site](const std::string& driver, const std::string& first, const std::string& second) {
    const std::string head = "driver = \"" + driver + "\"\nport = \"bus\"\ndomain = \"water\"\n";
    return site.mistakes(kHead + "[[device]]\nid = \"m1\"\n" + head + first + "[[device]]\nid = \"m2\"\n" + head +
                         second);
  };
  const std::string other = "secondary = \"12345678\"\n";
  CHECK(pair("mbus", "secondary = \"FFFFFFFF\"\nmaker = \"KAM\"\n", other).empty());
  CHECK(pair("mbus", "secondary = \"FFFFFFFF\"\nmaker = \"KAM\"\n", other + "maker = \"KAM\"\n").size() == 1);
  CHECK(pair("mbus", "secondary = \"FFFFFFFF\"\n", other + "maker = \"KAM\"\n").size() == 1);
  CHECK(pair("sdi12", "address = \"a\"\n", "address = \"A\"\n").empty());
  CHECK(pair("sdi12", "address = \"a\"\n", "address = \"a\"\n").size() == 1);
}

TEST_CASE("one mistake in a rule does not hide another") {
  const Site site;
  const auto all = site.mistakes(kHead +
                                 "[[device]]\nid = \"sump\"\ndriver = \"modbus\"\nport = \"bus\"\ndomain = \"flood\"\n"
                                 "unit = 1\nregister = [{ channel = \"level\", address = 1 }]\n"  // 13 to 19
                                 "[[rule]]\nid = \"a\"\nkind = \"threshold\"\ndevice = \"sump\"\n"
                                 "channel = \"levle\"\nabove = 1\nhold = \"soon\"\n"  // 20 to 26
                                 "[[rule]]\nid = \"b\"\nkind = \"threshold\"\ndevice = \"sump\"\n"
                                 "channel = \"level\"\nhysteresis = -1\n"
                                 "steps = [{ severity = \"red\", above = 1 }, { severity = \"yellow\", above = 2 }]\n"
                                 "[[rule]]\nid = \"c\"\nkind = \"rate\"\ndevice = \"sump\"\n"
                                 "channel = \"deep\"\nrise = \"much\"\nper = \"1 h\"\n");  // 34 to 40
  INFO(shown(all));
  CHECK(has(all, "a.toml:26: rule.hold: "));
  CHECK(has(all, "a.toml:24: rule 'a': channel: device 'sump' has no channel 'levle'; it has: level"));
  CHECK(has(all, "a.toml:32: rule.hysteresis: "));
  CHECK(has(all, "a.toml:33: rule 'b': steps: "));
  CHECK(has(all, "a.toml:39: rule.rise: "));
  CHECK(has(all, "a.toml:38: rule 'c': channel: device 'sump' has no channel 'deep'; it has: level"));
  CHECK(all.size() == 6);
}

TEST_CASE("each device of a port is told its own mistake, and a second address is the second one's") {
  const Site site;
  const auto all = site.mistakes(kHead + station("s1", "station = \"10000001\"\n") +               // 13 to 18
                                 station("s2", "station = \"1000000X\"\n") +                       // 24
                                 station("s3", "station = \"10000001\"\n") +                       // 30
                                 station("s4", "station = \"0010000001\"\n") +                     // 36
                                 station("s5", "station = \"10000002\"\npassword = \"12G4\"\n"));  // 43
  INFO(shown(all));
  CHECK(all.size() == 4);
  CHECK(has(all, "a.toml:24: device.station: \"1000000X\": must be"));
  CHECK(has(all, "a.toml:30: device.station: \"10000001\" is the address of device 's1' at a.toml:18 already"));
  CHECK(has(all, "a.toml:36: device.station: \"0010000001\" is the address of device 's1'"));
  CHECK(has(all, "a.toml:43: device.password: \"12G4\": must be four hex digits"));
}

TEST_CASE("two meters with one address on one line are refused, on two lines or asked for two things they are not") {
  const Site site;
  const auto all = site.mistakes(kHead + meter("m1", "address = \"7833001122334a\"\n") +
                                 meter("m2", "address = \"7833001122334A\"\nmonths = 3\n"));
  INFO(shown(all));
  REQUIRE(all.size() == 1);
  CHECK(all[0] ==
        "a.toml:24: device 'm2': has the same address as device 'm1' at a.toml:13; each device of a port has its own");
  CHECK(site.mistakes(kHead + meter("m1", "address = \"78330011223341\"\n") +
                      "[[port]]\nid = \"b2\"\nkind = \"serial\"\npath = \"/dev/ttyS8\"\n"
                      "[[device]]\nid = \"m2\"\ndriver = \"cjt188\"\nport = \"b2\"\ndomain = \"water\"\n"
                      "address = \"78330011223341\"\n")
            .empty());
}

TEST_CASE("a meter that answers to any address has its line for itself") {
  const Site site;
  const auto one = [&site](const std::string& first, const std::string& second) {
    return site.mistakes(kHead + meter("m1", first) + meter("m2", second));
  };
  const std::string wild = ": device 'm1': has the address of any, so also that of device 'm2' at a.toml:";
  CHECK(has(one("", "address = \"78330011223341\"\n"), "a.toml:13" + wild + "18"));
  CHECK(has(one("address = \"AAAAAA11223341\"\n", "address = \"78330011223341\"\n"), "a.toml:18" + wild + "19"));
  CHECK(one("address = \"AAAAAA11223342\"\n", "address = \"78330011223341\"\n").empty());
  CHECK(one("address = \"78330011223341\"\n", "address = \"78330011223342\"\n").empty());
}

TEST_CASE("all registers of a device that are wrong are told at once, each with its line") {
  const Site site;
  const auto all = site.mistakes(kHead +
                                 "[[device]]\nid = \"level\"\ndriver = \"modbus\"\nport = \"bus\"\ndomain = \"flood\"\n"
                                 "unit = 1\nregister = [\n"
                                 "  { channel = \"x\", address = 1, mask = 65536 },\n"
                                 "  { channel = \"y\", address = 1 },\n"
                                 "  { channel = \"z\", address = 65535, type = \"u32\" },\n]\n");
  INFO(shown(all));
  REQUIRE(all.size() == 2);
  CHECK(has(all, "a.toml:20: device 'level': register 'x', mask: beyond the width of the type"));
  CHECK(has(all, "a.toml:22: device 'level': register 'z', address: reaches beyond register 65535"));
}

TEST_CASE("what narrows a secondary address belongs to it") {
  const Site site;
  const auto mbus = [](const std::string& id, const std::string& keys) {
    return "[[device]]\nid = \"" + id + "\"\ndriver = \"mbus\"\nport = \"bus\"\ndomain = \"water\"\n" +
           "secondary = \"12345678\"\n" + keys;
  };
  CHECK(site.mistakes(kHead + mbus("heat", "medium = \"04\"\n") + mbus("cold", "medium = \"0A\"\n")).empty());
  CHECK(site.mistakes(kHead + mbus("heat", "maker = \"KAM\"\n") + mbus("cold", "maker = \"ELS\"\n")).empty());
  const auto all = site.mistakes(kHead + mbus("heat", "medium = \"04\"\n") + mbus("twin", "medium = \"04\"\n"));
  INFO(shown(all));
  REQUIRE(all.size() == 1);
  CHECK(has(all, "a.toml:25: device 'twin': has the same secondary as device 'heat' at a.toml:13"));
}

TEST_CASE("of a file that cannot be parsed nothing is missed") {
  const Site site;
  std::filesystem::create_directories(site.folder / "conf.d");
  site.file("conf.d/b.toml", "[[device]\n");
  const auto all = site.mistakes(kHead + meter("m1", "address = \"12\"\ntype = \"99\"\n") +
                                 "[[rule]]\nid = \"e\"\nkind = \"composite\"\ndevice = \"m1\"\nwhen = \"rule:x\"\n");
  INFO(shown(all));
  CHECK(all.size() == 3);
  CHECK(has(all, "conf.d/b.toml:1"));
  CHECK(has(all, "a.toml:18: device.address: \"12\" is out of range"));
  CHECK(has(all, "a.toml:19: device.type: \"99\": must be"));
}

namespace {

std::string level(const std::string& rest) {
  return "[[device]]\nid = \"lv\"\ndriver = \"modbus\"\nport = \"bus\"\ndomain = \"flood\"\n" + rest;
}

// A register in one line.
std::string reg(const std::string& keys) { return "  { " + keys + " },\n"; }

}  // namespace

TEST_CASE("a mistake in one register of a profile does not hide that of another") {
  const Site site;
  site.file("pf.toml",
            "product = \"x\"\n[[register]]\nchannel = \"w\"\naddress = 1\ndecimals = 12\n"
            "[[register]]\nchannel = \"t\"\naddress = 2\ntype = \"f32\"\nbit = 3\n");
  const auto all = site.mistakes(kHead + level("unit = 1\nprofile = \"pf.toml\"\n"));
  INFO(shown(all));
  CHECK(all.size() == 2);
  CHECK(has(all, "pf.toml:5: register.decimals: 12 is out of range"));
  CHECK(has(all, "pf.toml:10: device 'lv': register 't', bit: only whole numbers have bits"));
}

TEST_CASE("what a driver says of a profile is told once, however many devices have it") {
  const Site site;
  site.file("pf.toml", "product = \"x\"\n[[register]]\nchannel = \"t\"\naddress = 2\ntype = \"f32\"\nbit = 3\n");
  const std::string second = "[[device]]\nid = \"lv2\"\ndriver = \"modbus\"\nport = \"bus\"\ndomain = \"flood\"\n";
  const std::string unit = "profile = \"pf.toml\"\nunit = ";
  const auto all = site.mistakes(kHead + level(unit + "1\n") + second + unit + "2\n");
  INFO(shown(all));
  CHECK(all.size() == 1);
  CHECK(has(all, "pf.toml:6: device 'lv': register 't', bit: only whole numbers have bits"));
}

TEST_CASE("a wrong key of a device does not hide its registers, nor one register another") {
  const Site site;
  const std::string registers = reg("channel = \"a\", address = 1, decimals = 12") +            // 21
                                reg("channel = \"b\", address = 1, type = \"f32\", bit = 3") +  // 22
                                reg("channel = \"c\", address = 1, length = 2") +               // 23
                                reg("channel = \"e\", address = 1");
  const auto all = site.mistakes(kHead + level("unit = 999\nretries = 99\nregister = [\n" + registers + "]\n" +
                                               "[[device.calibration]]\nchannel = \"d\"\n" +  // 26 and 27
                                               "[[device.calibration]]\nchannel = \"b\"\noffset = 1.0\n"));
  INFO(shown(all));
  CHECK(all.size() == 6);
  CHECK(has(all, "a.toml:18: device.unit: 999 is out of range"));
  CHECK(has(all, "a.toml:19: device.retries: 99 is out of range"));
  CHECK(has(all, "a.toml:21: device.register.decimals: 12 is out of range"));
  CHECK(has(all, "a.toml:22: device 'lv': register 'b', bit: only whole numbers have bits"));
  CHECK(has(all, "a.toml:23: device 'lv': register 'c', length: only a text has a length"));
  CHECK(has(all, "a.toml:27: device 'lv': calibration: there is no channel 'd'; it has: e"));
}

TEST_CASE("a key that the driver does not take hides neither registers nor corrections") {
  const Site site;
  const std::string registers = "register = [\n" + reg("channel = \"distance\", address = 1") + "]\n";  // 21
  const std::string correction = "[[device.calibration]]\nchannel = \"levle\"\n";
  const auto all = site.mistakes(kHead + level("unit = 1\nblind_zone = 3\nrange = 2\n" + registers + correction));
  INFO(shown(all));
  CHECK(all.size() == 2);
  CHECK(has(all, "a.toml:19: blind_zone: must be shorter than the range"));
  CHECK(has(all, "a.toml:25: device 'lv': calibration: there is no channel 'levle'; it has: distance"));
  const auto common = site.mistakes(kHead + level("unit = 1\npol = 3\n" + registers + correction));
  INFO(shown(common));
  CHECK(common.size() == 2);
  CHECK(has(common, "a.toml:24: device 'lv': calibration: there is no channel 'levle'"));
}

TEST_CASE("what only follows of a mistake is not told beside it") {
  const Site site;
  const std::string distance = reg("channel = \"distance\", address = 1");
  const auto one = [&site](const std::string& keys, const std::string& registers, const std::string& more = "") {
    const auto all = site.mistakes(kHead + level("unit = 1\n" + keys + "register = [\n" + registers + "]\n" + more));
    return all.size() == 1 ? all[0] : std::to_string(all.size()) + " mistakes:\n" + shown(all);
  };
  const std::string correction = "[[device.calibration]]\nchannel = \"level\"\n";
  // With a right height there would be a level.
  CHECK(
      one("mounting_height = -4\n", distance, correction).starts_with("a.toml:19: device.mounting_height: -4 is out"));
  CHECK(one("mounting_heigth = 4\n", distance, correction).starts_with("a.toml:19: device.mounting_heigth: unknown"));
  // With the right function they would be bits.
  CHECK(one("function = 11\n", reg("channel = \"open\", address = 1, type = \"bit\""))
            .starts_with("a.toml:19: device.function: 11 is out of range"));
  // With a right register there would be a distance.
  CHECK(one("mounting_height = 4\n", reg("channel = \"distance\", address = 1, decimals = 12"))
            .starts_with("a.toml:21: device.register.decimals: 12 is out of range"));
  CHECK(one("mounting_height = 4\n", reg("channel = \"distance\", address = 1, length = 3"), correction)
            .starts_with("a.toml:21: device 'lv': register 'distance', length: only a text"));
  // Of two tables in a line either may be meant.
  CHECK(one("", "  { channel = \"a\", address = 1, decimals = 12 }, { channel = \"b\", address = 99999 },\n")
            .starts_with("2 mistakes"));
}

TEST_CASE("a correction of what is no number is a mistake at its line") {
  const Site site;
  const auto all = site.mistakes(kHead + meter("m1",
                                               "address = \"78330011223344\"\n"
                                               "calibration.valve = { offset = 1.0 }\n"
                                               "calibration.flag_low_battery = { scale = 2.0 }\n"
                                               "calibration.volume = { scale = 2.0 }\n"));
  INFO(shown(all));
  CHECK(all.size() == 2);
  CHECK(has(all, "a.toml:19: device 'm1': calibration: channel 'valve' is a text; only numbers can be corrected"));
  CHECK(has(all, "a.toml:20: device 'm1': calibration: channel 'flag_low_battery' is true or false; only numbers"));
}

TEST_CASE("a mistake in a device's address hides no wrong correction") {
  const Site site;
  const auto all = site.mistakes(kHead + meter("m1", "address = \"12\"\ncalibration.valve = { offset = 1.0 }\n"));
  INFO(shown(all));
  CHECK(all.size() == 2);
  CHECK(has(all, "a.toml:18: device.address: \"12\" is out of range"));
  CHECK(has(all, "a.toml:19: device 'm1': calibration: channel 'valve' is a text"));
}
