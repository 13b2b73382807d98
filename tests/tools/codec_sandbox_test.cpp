// What the helper cannot do once it is shut in. Each try is made in a child process.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <ctime>

#include "tools/codec/sandbox.h"

namespace afferent::test {
namespace {

// How a shut-in process ends that does `what`.
template <class What>
int end_of(What what) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (!codec_host::shut_in()) ::_exit(99);
    what();
    ::_exit(7);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

bool killed(int status) { return WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS; }

TEST_CASE("a shut-in process may compute, tell the time and end") {
  const int status = end_of([] {
    std::time(nullptr);
    volatile char* more = new char[1 << 20];
    more[0] = 1;
    delete[] more;
  });
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 7);
}

TEST_CASE("opening a file kills it") {
  CHECK(killed(end_of([] { [[maybe_unused]] const int fd = ::open("/etc/passwd", O_RDONLY); })));
}

TEST_CASE("sockets, processes, programs and code in memory kill it") {
  CHECK(killed(end_of([] { [[maybe_unused]] const int fd = ::socket(AF_INET, SOCK_STREAM, 0); })));
  CHECK(killed(end_of([] { [[maybe_unused]] const pid_t pid = ::fork(); })));
  CHECK(killed(end_of([] { ::execl("/bin/true", "true", nullptr); })));
  CHECK(killed(end_of([] { ::kill(::getppid(), 0); })));
  CHECK(killed(end_of([] {
    [[maybe_unused]] void* code =
        ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  })));
}

}  // namespace
}  // namespace afferent::test
