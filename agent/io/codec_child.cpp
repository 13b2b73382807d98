#include "agent/io/codec_child.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <utility>

#include "agent/io/errno_text.h"

namespace afferent::io {
namespace {

constexpr const char* kInstalled = "/usr/bin/afferent-codec";

constexpr int kChildSocket = 3;

// Undoes what the agent has set for itself: blocked signals that it reads from a descriptor, ignored ones.
class SpawnRules {
 public:
  explicit SpawnRules(int socket) {
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawn_file_actions_init(&actions_);
    sigset_t none;
    sigset_t all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    ::posix_spawn_file_actions_adddup2(&actions_, socket, kChildSocket);
    ::posix_spawn_file_actions_addclosefrom_np(&actions_, kChildSocket + 1);
  }
  ~SpawnRules() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  SpawnRules(const SpawnRules&) = delete;
  SpawnRules& operator=(const SpawnRules&) = delete;

  const posix_spawnattr_t* attributes() const { return &attributes_; }
  const posix_spawn_file_actions_t* actions() const { return &actions_; }

 private:
  posix_spawnattr_t attributes_{};
  posix_spawn_file_actions_t actions_{};
};

}  // namespace

core::Result<CodecChild> start_codec_child(const std::string& program) {
  std::array<int, 2> pair{-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0)
    return system_error(core::ErrorCode::retry, "socketpair for the codec helper", errno);
  CodecChild child;
  child.socket = UniqueFd(pair[0]);
  const UniqueFd theirs(pair[1]);
  ::fcntl(child.socket.get(), F_SETFL, O_NONBLOCK);
  const SpawnRules rules(theirs.get());
  std::string name = program;
  std::string zone = "TZ=UTC0";  // so that the C library looks for no time zone file
  std::array<char*, 2> arguments{name.data(), nullptr};
  std::array<char*, 2> environment{zone.data(), nullptr};
  const int code = ::posix_spawn(&child.pid, program.c_str(), rules.actions(), rules.attributes(), arguments.data(),
                                 environment.data());
  if (code != 0) return system_error(core::ErrorCode::retry, "start " + program, code);
  return child;
}

std::string codec_program() {
  std::array<char, 4096> path;
  const ssize_t size = ::readlink("/proc/self/exe", path.data(), path.size());
  return codec_program_of(std::string(path.data(), size > 0 ? static_cast<std::size_t>(size) : 0));
}

std::string codec_program_of(const std::string& program) {
  const std::string folder = program.substr(0, program.rfind('/') + 1);
  if (folder.empty()) return kInstalled;  // it would be looked for wherever the agent was started
  for (const std::string& there : {folder + "afferent-codec", folder + "../bin/afferent-codec"}) {
    if (::access(there.c_str(), X_OK) == 0) return there;
  }
  return kInstalled;
}

}  // namespace afferent::io
