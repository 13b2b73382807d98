// Each kind of mistake in the gateway's own sections, with the exact place, key and hint.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include "tests/config/fixture.h"

using namespace afferent;
using test::joined;
using test::kNode;

namespace {

// The mistakes of one more line after a right [node], or of a section after it; the line is the third of the file.
std::string after_node(const std::string& text) { return joined(test::mistakes_of(std::string(kNode) + text + "\n")); }

std::string in_section(const std::string& section, const std::string& text) {
  return joined(test::mistakes_of(std::string(kNode) + "[" + section + "]\n" + text + "\n"));
}

}  // namespace

TEST_CASE("a node needs an id that can be a level of a topic") {
  CHECK(joined(test::mistakes_of("")) ==
        "afferent.toml: node.id: missing; expected a text in quotes; allowed: 1 to 64 characters\n");
  CHECK(joined(test::mistakes_of("\n[node]\n")) ==
        "afferent.toml:2: node.id: missing; expected a text in quotes; allowed: 1 to 64 characters\n");
  CHECK(joined(test::mistakes_of("[node]\nid = \"Tian/lin\"\n")) ==
        "afferent.toml:2: node.id: \"Tian/lin\" is not an id; allowed: a-z, 0-9, '_' and '-', beginning with a letter "
        "or digit\n");
  CHECK(joined(test::mistakes_of("node = 5\n")).find("afferent.toml:1: node: expected one table [node], found 5\n") !=
        std::string::npos);
}

TEST_CASE("an area is a path of topic levels") {
  CHECK(after_node("area = \"310104//07\"").starts_with("afferent.toml:3: node.area: \"\" is out of range"));
  CHECK(after_node("area = [\"310104\", \"0#\"]") ==
        "afferent.toml:3: node.area: \"0#\" cannot be a level of a topic; allowed: no blank, '/', '+' or '#'\n");
  CHECK(after_node("area = \"1/2/3/4/5/6/7/8/9\"") ==
        "afferent.toml:3: node.area: 9 levels are too many; allowed: at most 8\n");
  CHECK(after_node("area = 310104") ==
        "afferent.toml:3: node.area: expected a list of texts, found 310104; allowed: 1 to 64 characters\n");
}

TEST_CASE("a time zone must exist") {
  REQUIRE(std::filesystem::is_directory("/usr/share/zoneinfo"));
  CHECK(after_node("timezone = \"Asia/Shanghia\"") ==
        "afferent.toml:3: node.timezone: \"Asia/Shanghia\" is not a time zone; allowed: an IANA name such as "
        "\"Asia/Shanghai\" "
        "or \"UTC\"; did you mean 'Asia/Shanghai'?\n");
  CHECK(after_node("timezone = \"../../../etc/passwd\"").find("is not a time zone") != std::string::npos);
  CHECK(after_node("timezone = \"Asia\"").find("is not a time zone") != std::string::npos);
  CHECK(after_node("timezone = \"leapseconds\"").find("is not a time zone") != std::string::npos);
}

TEST_CASE("board and language must be known") {
  CHECK(after_node("board = \"cp\"") == "afferent.toml:3: node.board: there is no board \"cp\"; did you mean 'pc'?\n");
  CHECK(after_node("board = \"raspberry\"") ==
        "afferent.toml:3: node.board: there is no board \"raspberry\"; allowed: pc\n");
  CHECK(after_node("board = \"../boards/pc\"").find("there is no board") != std::string::npos);
  CHECK(after_node("language = \"de\"") == "afferent.toml:3: node.language: \"de\" is not allowed; allowed: en, zh\n");
  CHECK(after_node("control_socket = \"/" + std::string(107, 'x') + "\"").find("node.control_socket: ") !=
        std::string::npos);
}

TEST_CASE("where no boards are installed only a board that is asked for is missed") {
  const test::ConfigFolder folder;
  const auto mistakes = [&folder](const std::string& line) {
    const std::string file = folder.write("afferent.toml", std::string(kNode) + line);
    return joined(folder.texts(config::load(file, {test::fake_drivers(), test::fake_rules(), "/none"}).problems));
  };
  CHECK(mistakes("") == "");
  CHECK(mistakes("board = \"pc\"\n") == "afferent.toml:3: node.board: there is no board \"pc\"\n");
  CHECK(mistakes("[[port]]\nid = \"a\"\nkind = \"serial\"\nalias = \"usb-1\"\n") ==
        "afferent.toml:6: port.alias: the board \"pc\" is not known, so it has no lines; use path\n");
}

TEST_CASE("unknown keys get a hint, at the top and in a section") {
  CHECK(after_node("idd = 1") == "afferent.toml:3: node.idd: unknown key; did you mean 'id'?\n");
  CHECK(after_node("[mqqt]") == "afferent.toml:3: mqqt: unknown key; did you mean 'mqtt'?\n");
  CHECK(after_node("[[devices]]\nid = \"a\"") == "afferent.toml:3: devices: unknown key; did you mean 'device'?\n");
  CHECK(after_node("[colour]") ==
        "afferent.toml:3: colour: unknown key; allowed at the top of the file: node, mqtt, store, telemetry, port, "
        "device, rule\n");
}

TEST_CASE("a password in the configuration is refused and not shown") {
  const std::string text = in_section("mqtt", "password = \"hunter2\"");
  CHECK(text ==
        "afferent.toml:4: mqtt.password: a password must not stand in a configuration; write it to a file of mode 0600 "
        "and name that file with password_file\n");
}

TEST_CASE("a password file must exist and be closed to others") {
  const test::ConfigFolder folder;
  folder.write("afferent.toml", std::string(kNode) + "[mqtt]\npassword_file = \"secret\"\n");
  CHECK(joined(folder.mistakes()) ==
        "afferent.toml:4: mqtt.password_file: \"secret\" cannot be read: No such file or directory\n");
  const std::string file = folder.write("secret", "x\n");
  REQUIRE(::chmod(file.c_str(), 0644) == 0);
  CHECK(joined(folder.mistakes()) ==
        "afferent.toml:4: mqtt.password_file: \"secret\" can be used by everybody (mode 0644); allowed: no rights for "
        "others, "
        "e.g. 0600 or 0640\n");
  REQUIRE(::chmod(file.c_str(), 0600) == 0);
  CHECK(joined(folder.mistakes()) == "");
  for (const char* empty : {"", "\n", "\r\nx\n"}) {
    folder.write("secret", empty);
    CHECK(joined(folder.mistakes()) ==
          "afferent.toml:4: mqtt.password_file: \"secret\" has no password; expected it in the first line\n");
  }
}

TEST_CASE("the broker is a host and a port") {
  CHECK(in_section("mqtt", "host = \"mqtt://h:1883\"")
            .find("afferent.toml:4: mqtt.host: \"mqtt://h:1883\" is not a host") == 0);
  CHECK(in_section("mqtt", "host = \"\"") ==
        "afferent.toml:4: mqtt.host: \"\" is out of range; allowed: 1 to 253 characters\n");
  CHECK(in_section("mqtt", "port = 65536") ==
        "afferent.toml:4: mqtt.port: 65536 is out of range; allowed: 1 to 65535\n");
  CHECK(in_section("mqtt", "version = 4") ==
        "afferent.toml:4: mqtt.version: \"4\" is not allowed; allowed: auto, 5, 3.1.1\n");
  CHECK(in_section("mqtt", "version = 5") == "");
  CHECK(in_section("mqtt", "keep_alive = \"1500 ms\"") ==
        "afferent.toml:4: mqtt.keep_alive: 1.5 is not a whole number of seconds\n");
  CHECK(in_section("mqtt", "window = 0") == "afferent.toml:4: mqtt.window: 0 is out of range; allowed: 1 to 65535\n");
}

TEST_CASE("TLS files go together") {
  CHECK(in_section("mqtt", "ca_file = \"/dev/null\"") ==
        "afferent.toml:4: mqtt.ca_file: \"/dev/null\" is not a regular file\n"
        "afferent.toml:4: mqtt.ca_file: has no effect without TLS; set tls = true or leave it out\n");
  CHECK(
      in_section("mqtt", "tls = true\ncertificate_file = \"/etc/hostname\"") ==
      "afferent.toml:5: mqtt.certificate_file: \"/etc/hostname\" is no PEM file; expected -----BEGIN CERTIFICATE-----, "
      "base64 and -----END CERTIFICATE-----\n"
      "afferent.toml:5: mqtt.certificate_file: is of no use without key_file; give both or none\n");
  CHECK(in_section("mqtt", "tls = true\nkey_file = \"/none\"") ==
        "afferent.toml:5: mqtt.key_file: \"/none\" cannot be read: No such file or directory\n"
        "afferent.toml:5: mqtt.key_file: is of no use without certificate_file; give both or none\n");
}

TEST_CASE("files of certificates and keys are PEM") {
  const test::ConfigFolder folder;
  const std::string base64 = std::string(64, 'A') + "\n" + std::string(20, 'B') + "==\n";
  const auto pem = [&](const std::string& label) {
    return "-----BEGIN " + label + "-----\n" + base64 + "-----END " + label + "-----\n";
  };
  folder.write(
      "afferent.toml",
      std::string(kNode) + "[mqtt]\ntls = true\nca_file = \"ca\"\ncertificate_file = \"c\"\nkey_file = \"k\"\n");
  folder.write("ca", "made by hand\n" + pem("CERTIFICATE") + pem("CERTIFICATE"));
  folder.write("c", pem("CERTIFICATE"));
  folder.write("k", pem("EC PRIVATE KEY"));
  CHECK(joined(folder.mistakes()) == "");
  folder.write("k", pem("CERTIFICATE"));
  CHECK(joined(folder.mistakes())
            .find("afferent.toml:7: mqtt.key_file: \"k\" is no PEM file; expected -----BEGIN PRIVATE KEY-----") == 0);
  for (const std::string& wrong :
       {std::string(), std::string("hello"), pem("CERTIFICATE").substr(0, 90), pem("PRIVATE KEY")}) {
    folder.write("k", pem("PRIVATE KEY"));
    folder.write("ca", wrong);
    CHECK(joined(folder.mistakes()).find("afferent.toml:5: mqtt.ca_file: \"ca\" is no PEM file") == 0);
  }
}

TEST_CASE("sizes are checked") {
  CHECK(in_section("store", "quota = \"256 megs\"") ==
        "afferent.toml:4: store.quota: expected a size such as \"64 kB\", \"256 MB\" or \"2 GB\", or a number of "
        "bytes, found "
        "\"256 megs\"; allowed: 64 kB to 1024 GB\n");
  CHECK(in_section("store", "quota = 5") ==
        "afferent.toml:4: store.quota: \"5\" is out of range; allowed: 64 kB to 1024 GB\n");
  CHECK(in_section("store", "quota = 1048576") == "");
  CHECK(in_section("store", "quota = \"1 MB\"\nreserve = \"1 MB\"") ==
        "afferent.toml:5: store.reserve: \"1 MB\" is out of range; allowed: 0 B to 512 kB\n");
  CHECK(in_section("store", "flush = \"1 h\"") ==
        "afferent.toml:4: store.flush: \"1 h\" is out of range; allowed: 0 s to 10 min\n");
  CHECK(in_section("mqtt", "max_message = 100") ==
        "afferent.toml:4: mqtt.max_message: \"100\" is out of range; allowed: 1 kB to 256 MB\n");
  CHECK(in_section("telemetry", "batch = -1") ==
        "afferent.toml:4: telemetry.batch: -1 is out of range; allowed: 0 s to 1 h\n");
}
