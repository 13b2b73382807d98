// Each kind of mistake in rules, and many mistakes at once.
#include <doctest/doctest.h>

#include "tests/config/fixture.h"

using namespace afferent;
using test::joined;
using test::kDevice;
using test::kNode;
using test::kPort;

namespace {

// A rule after a right port and device: its [[rule]] stands in line 13, the text begins in line 14.
std::string rule(const std::string& text) {
  return joined(
      test::mistakes_of(std::string(kNode) + std::string(kPort) + std::string(kDevice) + "[[rule]]\n" + text + "\n"));
}

const std::string kRange = "id = \"r\"\nkind = \"range\"\n";  // lines 14 and 15

}  // namespace

TEST_CASE("a rule needs id and kind, and something to watch") {
  CHECK(rule("channel = \"level\"") ==
        "afferent.toml:13: rule.id: missing; expected a text in quotes; allowed: 1 to 64 characters\n"
        "afferent.toml:13: rule.kind: missing; expected a text in quotes\n"
        "afferent.toml:13: rule.device: missing; expected device, devices or domain, to say what the rule watches\n");
  CHECK(rule("id = \"r\"\nkind = \"treshold\"\ndevice = \"meter-1\"\nfoo = 1") ==
        "afferent.toml:15: rule.kind: there is no rule kind \"treshold\"; did you mean 'threshold'?\n");
}

TEST_CASE("a rule watches devices that exist, each once") {
  CHECK(rule(kRange + "device = \"meter1\"") ==
        "afferent.toml:16: rule.device: there is no device \"meter1\"; did you mean 'meter-1'?\n");
  CHECK(rule(kRange + "devices = [\"meter-1\",\n\"other\"]") ==
        "afferent.toml:17: rule.devices: there is no device \"other\"; devices: meter-1\n");
  CHECK(rule(kRange + "devices = [\"meter-1\", \"meter-1\"]") ==
        "afferent.toml:16: rule.devices: \"meter-1\" is named twice\n");
  CHECK(rule(kRange + "devices = []") ==
        "afferent.toml:16: rule.devices: is empty; expected at least one id of a device\n");
  CHECK(
      rule(kRange + "device = \"meter-1\"\ndevices = [\"meter-1\"]")
          .find(
              "afferent.toml:17: rule.devices: says again what device says at afferent.toml:16; keep one of them\n") !=
      std::string::npos);
  CHECK(rule(kRange + "domain = \"watr\"") ==
        "afferent.toml:16: rule.domain: no device has the domain \"watr\"; did you mean 'water'?\n");
  CHECK(rule(kRange + "domain = \"gas\"") ==
        "afferent.toml:16: rule.domain: no device has the domain \"gas\"; domains: water\n");
}

TEST_CASE("channel, severity and the kind's own keys of a rule are checked") {
  const std::string base = kRange + "device = \"meter-1\"\n";
  CHECK(rule(base + "channel = \"Level\"") ==
        "afferent.toml:17: rule.channel: \"Level\" is not a channel name; expected e.g. \"level\", \"flag_leak\" or "
        "\"volume@1\"\n");
  CHECK(rule(base + "severity = \"yelow\"") ==
        "afferent.toml:17: rule.severity: \"yelow\" is not allowed; allowed: blue, yellow, orange, red; did you mean "
        "'yellow'?\n");
  CHECK(rule(base + "hold = 5").find("afferent.toml:17: rule.hold: unknown key") == 0);
  CHECK(rule("id = \"r\"\nkind = \"threshold\"\ndevice = \"meter-1\"\nchannel = \"flow\"\nsteps = [\n  { severity = "
             "\"blue\", above = 1 },\n"
             "  { severity = \"purple\", above = \"2\" },\n]\nhold = \"2 d\"") ==
        "afferent.toml:20: rule.steps.severity: \"purple\" is not allowed; allowed: blue, yellow, orange, red\n"
        "afferent.toml:20: rule.steps.above: expected a number, found \"2\"\n"
        "afferent.toml:22: rule.hold: \"2 d\" is out of range; allowed: 0 s to 1 d\n");
  CHECK(rule("id = \"r\"\nkind = \"rate\"\ndevice = \"meter-1\"\nchannel = \"flow\"\nrise = 1") ==
        "afferent.toml:13: rule.per: missing; expected a duration such as \"250 ms\", \"5 s\", \"10 min\", \"12 h\" or "
        "\"1 d\", or a "
        "number of seconds; allowed: 1 s to 1 d\n");
}

TEST_CASE("ids of rules are unique") {
  CHECK(rule(kRange + "device = \"meter-1\"\n[[rule]]\nid = \"r\"\nkind = \"range\"\ndevice = \"meter-1\"") ==
        "afferent.toml:18: rule.id: \"r\" is given twice; it is already the id of the rule at afferent.toml:14\n");
}

TEST_CASE("all mistakes are reported at once, in the order of their lines") {
  CHECK(joined(test::mistakes_of("[node]\n"
                                 "id = \"Bad Id\"\n"
                                 "langage = \"en\"\n"
                                 "[mqtt]\n"
                                 "port = 0\n"
                                 "password = \"x\"\n"
                                 "[[rule]]\n"
                                 "id = \"r\"\n"
                                 "kind = \"range\"\n"
                                 "device = \"nobody\"\n"
                                 "[[device]]\n"
                                 "id = \"d\"\n"
                                 "driver = \"cjt188\"\n"
                                 "port = \"line-1\"\n"
                                 "domain = \"water\"\n"
                                 "address = 5\n"
                                 "[[port]]\n"
                                 "id = \"line-1\"\n"
                                 "kind = \"serial\"\n"
                                 "path = \"/dev/x\"\n"
                                 "baud = \"fast\"\n")) ==
        "afferent.toml:2: node.id: \"Bad Id\" is not an id; allowed: a-z, 0-9, '_' and '-', beginning with a letter or "
        "digit\n"
        "afferent.toml:3: node.langage: unknown key; did you mean 'language'?\n"
        "afferent.toml:5: mqtt.port: 0 is out of range; allowed: 1 to 65535\n"
        "afferent.toml:6: mqtt.password: a password must not stand in a configuration; write it to a file of mode 0600 "
        "and name "
        "that file with password_file\n"
        "afferent.toml:10: rule.device: there is no device \"nobody\"; devices: d\n"
        "afferent.toml:16: device.address: expected a text in quotes, found 5\n"
        "afferent.toml:21: port.baud: expected a whole number, found \"fast\"; allowed: 50 to 4000000\n");
}

TEST_CASE("thousands of mistakes are counted, not listed") {
  std::string text(kNode);
  for (int i = 0; i < 1500; ++i) text += "wrong" + std::to_string(i) + " = 1\n";
  const auto lines = test::mistakes_of(text);
  REQUIRE(lines.size() == 1001);
  CHECK(lines.back() == "afferent.toml: 500 further mistakes are not shown");
}
