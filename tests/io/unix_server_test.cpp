// The control socket's place in the file system.
#include "agent/io/unix_server.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>

#include "agent/core/path_error.h"
#include "agent/io/unique_fd.h"
#include "tests/io/support.h"
#include "tests/support/temp_folder.h"

using namespace afferent;
using test::RealLoop;

namespace {

struct Folder {
  test::TempFolder own;
  const std::filesystem::path path = own.path();
};

}  // namespace

TEST_CASE("a socket that was left behind is replaced; what is in use, or something else, is left alone") {
  RealLoop real;
  const Folder folder;
  const std::string path = folder.path / "control.sock";
  SUBCASE("a socket that nobody listens to") {
    const io::UniqueFd left(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{AF_UNIX, {}};
    path.copy(address.sun_path, path.size());
    REQUIRE(::bind(left.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    CHECK(io::UnixServer::listen(*real.loop, path, {}).ok());
  }
  SUBCASE("another agent's") {
    auto first = io::UnixServer::listen(*real.loop, path, {});
    REQUIRE(first.ok());
    const auto second = io::UnixServer::listen(*real.loop, path, {});
    REQUIRE_FALSE(second.ok());
    CHECK(second.error().message().find("somebody listens there already") != std::string::npos);
  }
  SUBCASE("a folder that does not exist") {
    const auto refused = io::UnixServer::listen(*real.loop, folder.path / "missing" / "control.sock", {});
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code() == core::ErrorCode::bad_config);
    CHECK(core::path_error(EROFS) == core::ErrorCode::retry);
    CHECK(core::path_error(EMFILE) == core::ErrorCode::retry);
    CHECK(core::path_error(EIO) == core::ErrorCode::retry);
  }
  SUBCASE("a file") {
    std::ofstream(path) << "precious";
    const auto refused = io::UnixServer::listen(*real.loop, path, {});
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code() == core::ErrorCode::bad_config);
    CHECK(refused.error().message().find("something else than a socket") != std::string::npos);
    CHECK(std::filesystem::file_size(path) == 8);
  }
}
