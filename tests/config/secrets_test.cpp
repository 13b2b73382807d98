#include "agent/config/secrets.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <array>

#include "agent/config/check.h"
#include "agent/config/parse.h"
#include "tests/config/fixture.h"

namespace afferent::test {
namespace {

constexpr std::array kFields{core::ConfigField{.key = "key_file", .type = core::FieldType::secret, .help = "A key."}};

struct Checked {
  core::ConfigNode node;
  std::vector<std::string> problems;
};

Checked checked(const ConfigFolder& folder, const std::string& toml, config::Secrets* secrets = nullptr) {
  const config::Parsed parsed = config::parse(toml, folder.path() + "/afferent.toml");
  REQUIRE(parsed.node.has_value());
  Checked result;
  const auto problems = config::check(*parsed.node, kFields, result.node, {.prefix = "device", .secrets = secrets});
  result.problems = folder.texts(problems);
  return result;
}

std::string keys_with_mode(const ConfigFolder& folder, std::string_view text, ::mode_t mode) {
  const std::string path = folder.write("keys", text);
  REQUIRE(::chmod(path.c_str(), mode) == 0);
  return path;
}

TEST_CASE("a file of secrets is handed over as its text, from the folder of the configuration") {
  const ConfigFolder folder;
  const std::string path = keys_with_mode(folder, "000102\n", 0600);
  for (const std::string& written : {std::string("keys"), path}) {
    const Checked result = checked(folder, "key_file = \"" + written + "\"\n");
    CHECK(joined(result.problems) == "");
    CHECK(result.node["key_file"].secret() == "000102\n");
    CHECK(result.node["key_file"].text().empty());
    CHECK(config::shown(result.node["key_file"]) == "a secret");
  }
}

TEST_CASE("a file that others may read is refused, and says what would be right") {
  const ConfigFolder folder;
  for (const auto& [mode, shown] : {std::pair<::mode_t, const char*>{0640, "0640"},
                                    {0604, "0604"},
                                    {0620, "0620"},
                                    {0601, "0601"},
                                    {0666, "0666"},
                                    {0610, "0610"}}) {
    keys_with_mode(folder, "000102\n", mode);
    const Checked result = checked(folder, "\n\nkey_file = \"keys\"\n");
    CHECK(joined(result.problems) == "afferent.toml:3: device.key_file: \"keys\": has mode " + std::string(shown) +
                                         ", so others than its owner may use it; expected 0600\n");
    CHECK_FALSE(result.node.has("key_file"));
  }
  keys_with_mode(folder, "000102\n", 0400);
  CHECK(checked(folder, "key_file = \"keys\"\n").problems.empty());
}

TEST_CASE("what is no file with a key is refused without waiting for it") {
  const ConfigFolder folder;
  CHECK(joined(checked(folder, "key_file = \"none\"\n").problems) ==
        "afferent.toml:1: device.key_file: \"none\": there is no such file\n");
  REQUIRE(::mkfifo((folder.path() + "/pipe").c_str(), 0600) == 0);
  CHECK(joined(checked(folder, "key_file = \"pipe\"\n").problems) ==
        "afferent.toml:1: device.key_file: \"pipe\": is not a regular file\n");
  CHECK(joined(checked(folder, "key_file = \".\"\n").problems) ==
        "afferent.toml:1: device.key_file: \".\": is not a regular file\n");
  CHECK(joined(checked(folder, "key_file = 7\n").problems) ==
        "afferent.toml:1: device.key_file: expected the path of a file in quotes, found 7\n");
  CHECK(checked(folder, "key_file = \"\"\n").problems.size() == 1);
}

TEST_CASE("a file of secrets has a limit") {
  const ConfigFolder folder;
  keys_with_mode(folder, std::string(config::Secrets::kLargest, '0'), 0600);
  CHECK(checked(folder, "key_file = \"keys\"\n").problems.empty());
  keys_with_mode(folder, std::string(config::Secrets::kLargest + 1, '0'), 0600);
  CHECK(joined(checked(folder, "key_file = \"keys\"\n").problems) ==
        "afferent.toml:1: device.key_file: \"keys\": is larger than 4 MB\n");
}

TEST_CASE("all who name a file share one copy of it") {
  const ConfigFolder folder;
  keys_with_mode(folder, "000102\n", 0600);
  config::Secrets secrets;
  const Checked first = checked(folder, "key_file = \"keys\"\n", &secrets);
  const Checked second = checked(folder, "key_file = \"keys\"\n", &secrets);
  CHECK(first.node["key_file"].secret().data() == second.node["key_file"].secret().data());
}

}  // namespace
}  // namespace afferent::test
