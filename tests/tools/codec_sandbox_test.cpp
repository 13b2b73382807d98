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

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define AFFERENT_SHADOW_MEMORY 1  // which is more than any limit
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define AFFERENT_SHADOW_MEMORY 1
#endif
#endif

#ifndef AFFERENT_SHADOW_MEMORY
TEST_CASE("memory ends at 192 MB") {
  const int status = end_of([] {
    std::size_t got = 0;
    while (got < 512 &&
           ::mmap(nullptr, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED)
      ++got;
    ::_exit(got <= 192 ? 8 : 9);
  });
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 8);
}
#endif

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
