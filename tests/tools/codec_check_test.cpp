// What `afferent check` says of codecs: files that are not there, and scripts that cannot be run.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "agent/config/load.h"
#include "drivers/registry.h"
#include "tests/tools/codec_rig.h"
#include "tools/cli/catalog.h"
#include "tools/cli/rehearsal.h"

namespace afferent::test {
namespace {

struct Site {
  TempFolder own_folder;
  const std::filesystem::path folder = own_folder.path();
  std::string devices;
  int count = 0;

  void file(const std::string& name, const std::string& text) const { std::ofstream(folder / name) << text; }
  void device(const std::string& codec) {
    ++count;
    devices += "[[device]]\nid = \"l" + std::to_string(count) + "\"\ndriver = \"lorawan\"\nport = \"lns\"\n" +
               "domain = \"flood\"\ndev_eui = \"24e124713b49123" + std::to_string(count) + "\"\ncodec = \"" + codec +
               "\"\n";
  }
  std::vector<std::string> problems() const {
    const std::string head =
        "[node]\nid = \"gw\"\n[mqtt]\nhost = \"127.0.0.1\"\n[store]\npath = \"s.db\"\n[[port]]\nid = \"lns\"\nkind = "
        "\"mqtt\"\nhost = \"127.0.0.1\"\n";
    file("a.toml", head + devices);
    plugin::Loader plugins(drivers::built_in());
    config::Loaded loaded = config::load((folder / "a.toml").string(), cli::catalog(plugins));
    loaded.problems = cli::rehearse(loaded).problems;
    std::vector<std::string> texts;
    for (const config::Problem& problem : loaded.problems)
      texts.push_back(problem.text().substr(folder.string().size() + 1));
    return texts;
  }
};

TEST_CASE("codecs that can be run are correct") {
  Site site;
  site.file("ok.js", "function decodeUplink(i) { return {data: {level: i.bytes[0]}} }");
  site.file("modern.js", "module.exports = { decodeUplink: ({bytes}) => ({data: {level: bytes[0]}}) };");
  site.device("ok.js");
  site.device("modern.js");
  CHECK(site.problems().empty());
}

TEST_CASE("a codec that is not there, is a folder or too long is a mistake at its option") {
  Site site;
  site.file("big.js", std::string(256 * 1024 + 1, ' '));
  std::filesystem::create_directories(site.folder / "folder.js");
  site.device("no.js");
  site.device("folder.js");
  auto problems = site.problems();
  REQUIRE(problems.size() == 2);
  CHECK(problems[0].starts_with("a.toml:17: "));
  CHECK(problems[0].find("codec: \"no.js\": there is no such file") != std::string::npos);
  CHECK(problems[1].starts_with("a.toml:24: "));
  site.devices.clear();
  site.count = 0;
  site.device("big.js");
  problems = site.problems();
  REQUIRE(problems.size() == 1);
  CHECK_MESSAGE(problems[0].find("a.toml:17: codec: ") != std::string::npos, problems[0]);
  CHECK(problems[0].find("longer than 256 kB") != std::string::npos);
}

TEST_CASE("a codec that is no JavaScript, has no function or hangs is a mistake of each of its devices") {
  Site site;
  site.file("bad.js", "function decodeUplink(i) {\n var x = ;\n}");
  site.file("new.js", "function decodeUplink(i) {\n async function f() {} }");
  site.file("none.js", "function decode(i) { return 1 }");
  site.file("loop.js", "while (true) {}");
  for (const char* name : {"bad.js", "new.js", "none.js", "loop.js", "bad.js"}) site.device(name);
  const auto problems = site.problems();
  REQUIRE(problems.size() == 5);
  const std::vector<std::string> wanted{"bad.js: SyntaxError", "async functions are not supported", "has none of",
                                        "gave no answer", "bad.js: SyntaxError"};
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK_MESSAGE(problems[i].starts_with("a.toml:" + std::to_string(17 + 7 * i) + ": device.codec: "), problems[i]);
    CHECK_MESSAGE(problems[i].find(wanted[i]) != std::string::npos, problems[i]);
  }
}

}  // namespace
}  // namespace afferent::test
