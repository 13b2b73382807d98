#include "agent/config/parse.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "tests/config/fixture.h"

using namespace afferent;

namespace {

std::string error_of(std::string_view toml) {
  const auto result = config::parse_text(toml, "f.toml");
  return result.ok() ? "no error" : result.error().message();
}

}  // namespace

TEST_CASE("a tree knows the line of every value") {
  const auto tree = config::parse_text(
      "[node]\nid = \"a\"\n\n[[device]]\nid = 'x'\n[[device]]\n\nid = 'y'\nlist = [1,\n 2.5]\n", "f.toml");
  REQUIRE(tree.ok());
  CHECK((*tree)["node"]["id"].source().text() == "f.toml:2");
  const auto& devices = (*tree)["device"].list();
  REQUIRE(devices.size() == 2);
  CHECK(devices[0].source().line == 4);
  CHECK(devices[1].source().line == 6);
  CHECK(devices[1]["id"].source().line == 8);
  CHECK(devices[1]["id"].text() == "y");
  CHECK(devices[1]["list"].list()[1].real() == 2.5);
  CHECK(devices[1]["list"].list()[1].source().line == 10);
}

TEST_CASE("dates and times become the text that was written") {
  const auto tree = config::parse_text("a = 2024-05-31\nb = 07:32:00\nc = 1979-05-27T07:32:00Z\n", "f.toml");
  REQUIRE(tree.ok());
  CHECK((*tree)["a"].text() == "2024-05-31");
  CHECK((*tree)["b"].text() == "07:32:00");
  CHECK((*tree)["c"].text() == "1979-05-27T07:32:00Z");
}

TEST_CASE("what is not TOML is refused with line and column") {
  CHECK(error_of("a = 1\nb = \n").starts_with("f.toml:2:"));
  CHECK(error_of("a = 1\nb = \n").find("is not TOML") != std::string::npos);
  CHECK(error_of("a = 1\na = 2\n").starts_with("f.toml:2:"));
  CHECK(error_of("[t]\nx = [1,\n").find("end-of-file") != std::string::npos);
  CHECK(error_of("a = \"\xff\xfe\"").find("utf-8") != std::string::npos);
}

TEST_CASE("a key or table that is given twice in a file is refused with both lines") {
  CHECK(error_of("[a]\nwindow = 1\n[mqtt]\nwindow = 7 # x\n\n  window=8\n") ==
        "f.toml:6:10: is not TOML: Error while parsing key-value pair: cannot redefine existing integer 'window'; it "
        "stands "
        "already at f.toml:4");
  CHECK(error_of("[mqtt]\nwindow = 7\n[a]\n[mqtt] # again\nport = 1\n").ends_with("; it stands already at f.toml:1"));
}

TEST_CASE("deep nesting is refused before it costs the stack") {
  std::string dotted = "a";
  for (int i = 0; i < 200'000; ++i) dotted += ".a";
  CHECK(error_of("x = 1\n" + dotted + " = 1\n") == "f.toml:2: a key has more than 16 parts");
  CHECK(error_of("[" + dotted + "]\n") == "f.toml:1: a key has more than 16 parts");
  CHECK(error_of("\n\"" + std::string("q\".\"") + std::string(400, '.') + "\" = 1\nb = \"" + dotted + "\"\n") ==
        "no error");
  CHECK(error_of("b = '''\n" + dotted + "'''\n# " + dotted + "\n") == "no error");
  CHECK(error_of("b = \"\"\"\n\\\"\"\" " + dotted + "\n\"\"\"\n" + dotted + " = 1\n") ==
        "f.toml:4: a key has more than 16 parts");
  const std::string inline_tables = "x = " + std::string(40, '[') + std::string(40, ']') + "\n";
  CHECK(error_of(inline_tables) == "f.toml:1: tables and lists nest deeper than 32 levels");
  CHECK(error_of("x = " + std::string(100'000, '[')).find("is not TOML") != std::string::npos);
}

TEST_CASE("many short dotted keys and numbers are no deep key") {
  std::string text;
  for (int i = 0; i < 40; ++i) text += "k" + std::to_string(i) + ".b.c = [1.5, 2.5]\n";
  CHECK(error_of(text + "[x.y.z]\nq = { a.b = 1.0, c.d = 2.0 }\n") == "no error");
}

TEST_CASE("a file that cannot be read says why") {
  const test::ConfigFolder folder;
  const auto error = [](const std::string& path) { return config::parse_file(path).error().message(); };
  CHECK(error(folder.path() + "/none.toml") == folder.path() + "/none.toml: cannot be read: No such file or directory");
  CHECK(error(folder.path()) == folder.path() + ": cannot be read: not a regular file");
  const std::string fifo = folder.path() + "/fifo";
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  CHECK(error(fifo) == fifo + ": cannot be read: not a regular file");
  const std::string large = folder.write("large.toml", "# " + std::string(config::kLargestFile, 'x'));
  CHECK(error(large) == large + ": is larger than 4 MB, which no configuration needs");
  const std::string largest = folder.write("largest.toml", "# " + std::string(config::kLargestFile - 2, 'x'));
  CHECK(config::parse_file(largest).ok());
}
