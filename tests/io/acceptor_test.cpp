// Taking connections when there are no descriptors left.
#include "agent/io/acceptor.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <utility>

#include "tests/io/support.h"

using namespace afferent;
using test::RealLoop;

namespace {

// An address without a file: a zero in front, the rest chosen by the kernel.
struct Listening {
  Listening() {
    REQUIRE(::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof(sa_family_t)) == 0);
    REQUIRE(::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &length) == 0);
    REQUIRE(::listen(fd.get(), 8) == 0);
  }
  sockaddr_un address{AF_UNIX, {}};
  socklen_t length = sizeof address;
  io::UniqueFd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
};

// No further descriptor can be had while it lives.
class NoDescriptors {
 public:
  NoDescriptors() {
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before_) == 0);
    const io::UniqueFd lowest(::fcntl(0, F_DUPFD_CLOEXEC, 0));
    rlimit none = before_;
    none.rlim_cur = static_cast<rlim_t>(lowest.get());
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  }
  ~NoDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;

 private:
  rlimit before_{};
};

}  // namespace

TEST_CASE("without descriptors it rests instead of being woken without end, and takes who waited later") {
  const RealLoop real;
  Listening listening;
  const io::UniqueFd caller(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  int accepted = 0;
  io::Acceptor acceptor(*real.loop, [&](const io::UniqueFd&, const core::Stamp&) { ++accepted; });
  REQUIRE(acceptor.start(std::move(listening.fd)));
  CHECK(acceptor.listens());
  {
    const NoDescriptors none;
    REQUIRE(::connect(caller.get(), reinterpret_cast<const sockaddr*>(&listening.address), listening.length) == 0);
    REQUIRE(real.run_until([&] { return !acceptor.listens(); }));
    CHECK(accepted == 0);
  }
  REQUIRE(real.run_until([&] { return accepted == 1; }));
  CHECK(acceptor.listens());
}
