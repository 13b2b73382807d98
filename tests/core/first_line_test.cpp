#include "agent/core/first_line.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

using namespace afferent;

namespace {

struct Folder {
  const std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("first_line_" + std::to_string(::getpid()));
  Folder() { std::filesystem::create_directory(path); }
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string file(const std::string& content) const {
    std::ofstream(path / "file", std::ios::binary) << content;
    return path / "file";
  }
};

std::string why(const std::string& path, std::size_t most = 8) {
  const auto line = core::first_line(path, most);
  REQUIRE_FALSE(line.ok());
  CHECK(line.error().code() == core::ErrorCode::bad_config);
  const std::string& message = line.error().message();
  CHECK(message.starts_with(path + ": "));
  return message.substr(std::min(message.size(), path.size() + 2));
}

}  // namespace

TEST_CASE("the first line comes without its end, as long as it may be") {
  const Folder folder;
  for (const char* content : {"12345678", "12345678\n", "12345678\r\n", "12345678\nmore of it\n"}) {
    CAPTURE(content);
    const auto line = core::first_line(folder.file(content), 8);
    REQUIRE(line.ok());
    CHECK(*line == "12345678");
  }
}

TEST_CASE("a file without a line of use is named with what is wrong") {
  const Folder folder;
  CHECK(why(folder.path / "nowhere") == "cannot be read: No such file or directory");
  CHECK(why(folder.path) == "cannot be read: Is a directory");
  CHECK(why(folder.file("")) == "its first line is empty");
  CHECK(why(folder.file("\r\nsecret\n")) == "its first line is empty");
  CHECK(why(folder.file("123456789\n")) == "its first line is longer than 8 bytes");
  CHECK(why("/dev/zero", 1000) == "its first line is longer than 1000 bytes");
}
