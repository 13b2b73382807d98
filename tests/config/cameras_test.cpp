// The file of cameras, and other files that a configuration names by their path.
#include <doctest/doctest.h>

#include "tests/config/fixture.h"

using namespace afferent;
using test::ConfigFolder;

namespace {

std::string joined(const std::vector<std::string>& lines) {
  std::string all;
  for (const std::string& line : lines) all += (all.empty() ? "" : "\n") + line;
  return all;
}

struct CameraFolder : ConfigFolder {
  explicit CameraFolder(std::string_view csv, const std::string& name = "cameras.csv") {
    write("afferent.toml", std::string(test::kNode) + "cameras = \"" + name + "\"\n" + std::string(test::kPort) +
                               std::string(test::kDevice));
    write("cameras.csv", csv);
  }
};

std::string mistakes_in(std::string_view csv) { return joined(CameraFolder(csv).mistakes()); }

}  // namespace

TEST_CASE("cameras are read from columns in any order, beside others") {
  const CameraFolder folder(
      "\xEF\xBB\xBFlongitude,name,id,latitude\r\n121.4,\"gate, north\",cam-1,31.2\r\n# old\r\n\r\n-180,,cam-2,90\r\n");
  const config::Loaded loaded = folder.load();
  CHECK(joined(folder.texts(loaded.problems)).empty());
  REQUIRE(loaded.config.node.cameras.size() == 2);
  CHECK(loaded.config.node.cameras[0].id == "cam-1");
  CHECK(loaded.config.node.cameras[0].latitude == 31.2);
  CHECK(loaded.config.node.cameras[0].longitude == 121.4);
  CHECK(loaded.config.node.cameras[1].latitude == 90);
}

TEST_CASE("cameras may stand between semicolons or tabs, as some spreadsheets write them") {
  for (const char* csv : {"\xEF\xBB\xBFid;latitude;longitude\r\ncam-1;31.2;121.4\r\n",
                          "\xEF\xBB\xBFid\tlatitude\tlongitude\r\ncam-1\t31.2\t121.4\r\n",
                          "\xEF\xBB\xBF\"id\",\"latitude\",\"longitude\"\r\ncam-1,31.2,121.4\r\n"}) {
    const CameraFolder folder(csv);
    const config::Loaded loaded = folder.load();
    CHECK(joined(folder.texts(loaded.problems)).empty());
    REQUIRE(loaded.config.node.cameras.size() == 1);
    CHECK(loaded.config.node.cameras[0].longitude == 121.4);
  }
  CHECK(mistakes_in(std::string_view("\xFF\xFEi\0d\0", 6)) ==
        "cameras.csv:1: node.cameras: is not UTF-8: the file has to be saved as that");
}

TEST_CASE("a wrong line is told with its line, its column and what would be right, and the next ones too") {
  CHECK(mistakes_in("id,latitude,longitude\ncam-1,91,181\n,north,121\ncam-3,31\ncam-4,31,121\ncam-4,31,nan\n") ==
        "cameras.csv:2: node.cameras: latitude \"91\" must be a number from -90 to 90\n"
        "cameras.csv:2: node.cameras: longitude \"181\" must be a number from -180 to 180\n"
        "cameras.csv:3: node.cameras: id must have 1 to 64 characters\n"
        "cameras.csv:3: node.cameras: latitude \"north\" must be a number from -90 to 90\n"
        "cameras.csv:4: node.cameras: has 2 columns, expected 3\n"
        "cameras.csv:6: node.cameras: longitude \"nan\" must be a number from -180 to 180\n"
        "cameras.csv:6: node.cameras: id \"cam-4\" is there already");
  CHECK(mistakes_in("id,latitude,longitude\n" + std::string(65, 'c') + ",31,121\n") ==
        "cameras.csv:2: node.cameras: id must have 1 to 64 characters");
  CHECK(mistakes_in("id,latitude,longitude\ncam,31.2\xC2\xB0,121\n") ==
        "cameras.csv:2: node.cameras: latitude \"31.2\xC2\xB0\" must be a number from -90 to 90");
  CHECK(mistakes_in("id,latitude,longitude\n\xC9\xE3\xCF\xF1,31,121\n") ==
        "cameras.csv:2: node.cameras: is not UTF-8: the file has to be saved as that");
}

TEST_CASE("a header without a column is told with those that are expected") {
  CHECK(mistakes_in("id,lat,lon\ncam-1,31,121\n") ==
        "cameras.csv:1: node.cameras: column \"latitude\" is missing; expected id, latitude, longitude");
  CHECK(mistakes_in("") == "cameras.csv:1: node.cameras: column \"id\" is missing; expected id, latitude, longitude");
}

TEST_CASE("more cameras than are allowed are told once") {
  std::string csv = "id,latitude,longitude\n";
  for (int i = 0; i < 10'003; ++i) csv += std::to_string(i) + ",31,121\n";
  CHECK(mistakes_in(csv) == "cameras.csv:10002: node.cameras: more than 10000 cameras");
}

TEST_CASE("a file that a key names: missing, no path, no file, too large") {
  const auto named = [](const std::string& name) {
    return joined(CameraFolder("id,latitude,longitude\n", name).mistakes());
  };
  CHECK(named("cameras.csv").empty());
  CHECK(named("no.csv") == "afferent.toml:3: node.cameras: \"no.csv\": there is no such file");
  CHECK(named("") == "afferent.toml:3: node.cameras: expected the path of a file in quotes, found \"\"");
  CHECK(named(".") == "afferent.toml:3: node.cameras: \".\": is not a regular file");
  CHECK(joined(test::mistakes_of(std::string(test::kNode) + "cameras = 5\n"))
            .starts_with("afferent.toml:3: node.cameras: expected the path of a file in quotes, found 5"));
  CHECK(mistakes_in(std::string((4u << 20) + 1, ' ')) ==
        "afferent.toml:3: node.cameras: \"cameras.csv\": is larger than 4 MB");
}

TEST_CASE("a file in conf.d names others beside itself, and files are read once") {
  const ConfigFolder folder;
  folder.write("afferent.toml", std::string(test::kPort) + std::string(test::kDevice));
  folder.write("conf.d/node.toml", std::string(test::kNode) + "cameras = \"../cameras.csv\"\n");
  folder.write("cameras.csv", "id,latitude,longitude\ncam-1,31,121\n");
  const config::Loaded loaded = folder.load();
  CHECK(joined(folder.texts(loaded.problems)).empty());
  CHECK(loaded.config.node.cameras.size() == 1);
}
