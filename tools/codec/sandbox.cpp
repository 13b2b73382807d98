#include "tools/codec/sandbox.h"

#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>

#include <cstdint>
#include <ctime>
#include <memory>

namespace afferent::codec_host {
namespace {

using core::Error;
using core::ErrorCode;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define AFFERENT_SHADOW_MEMORY 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define AFFERENT_SHADOW_MEMORY 1
#endif
#endif

struct Fence {
  decltype(RLIMIT_AS) resource;
  rlim_t limit;
};

// A sanitizer reserves terabytes of addresses for itself, and tries by a pipe whether memory can be read.
constexpr Fence kFences[] = {
#ifndef AFFERENT_SHADOW_MEMORY
    // 64 MB of engines, of which one is being made, a script being lowered, all texts: a gateway may have 512 MB.
    {RLIMIT_AS, 192U << 20}, {RLIMIT_NOFILE, 4},
#endif
    {RLIMIT_CPU, 24 * 3600}, {RLIMIT_FSIZE, 0},  {RLIMIT_CORE, 0},
};

constexpr int kAllowed[] = {
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(sendto),
    SCMP_SYS(recvfrom),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(brk),
    SCMP_SYS(futex),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(clock_gettime64),
    SCMP_SYS(futex_time64),
    SCMP_SYS(setitimer),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigreturn),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(getrandom),
#ifdef AFFERENT_SHADOW_MEMORY
    SCMP_SYS(sigaltstack),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(sched_yield),
    SCMP_SYS(pipe2),
    SCMP_SYS(close),
#endif
};

// Memory that can be run as code is not to be had.
constexpr int kWithoutCode[] = {SCMP_SYS(mmap), SCMP_SYS(mmap2), SCMP_SYS(mprotect)};

int allow_calls(scmp_filter_ctx filter) {
  for (const int call : kAllowed) {
    // A call that this processor does not have cannot be made either.
    if (const int code = seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0); code != 0 && code != -EDOM) return code;
  }
  for (const int call : kWithoutCode) {
    const int code =
        seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1, SCMP_A2(SCMP_CMP_MASKED_EQ, std::uint64_t{PROT_EXEC}, 0));
    if (code != 0 && code != -EDOM) return code;
  }
  return 0;
}

}  // namespace

core::Result<void> shut_in() {
  ::tzset();  // reads the time zone's file, which is not possible later
  for (const Fence& fence : kFences) {
    const rlimit limit{fence.limit, fence.limit};
    if (::setrlimit(fence.resource, &limit) != 0) return Error(ErrorCode::bug, "setrlimit refused");
  }
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  const std::unique_ptr<void, decltype(&seccomp_release)> filter(seccomp_init(SCMP_ACT_KILL_PROCESS), &seccomp_release);
  if (!filter) return Error(ErrorCode::bug, "seccomp_init refused");
  if (const int code = allow_calls(filter.get()); code != 0)
    return Error(ErrorCode::bug, "seccomp rule refused: " + std::to_string(-code));
  // Sets PR_SET_NO_NEW_PRIVS too, without which the kernel takes filters from root only.
  if (const int code = seccomp_load(filter.get()); code != 0)
    return Error(ErrorCode::bug, "the kernel refused the seccomp filter: " + std::to_string(-code));
  return {};
}

void end_after(unsigned seconds) {
  itimerval timer{};
  timer.it_value.tv_sec = static_cast<time_t>(seconds);
  ::setitimer(ITIMER_REAL, &timer,
              nullptr);  // cannot fail for a valid time; SIGALRM ends a process that ignores it not
}

}  // namespace afferent::codec_host
