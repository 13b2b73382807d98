// `afferent-codec`: runs device makers' JavaScript decoders for the agent, shut in, with frames on descriptor 3.
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "agent/io/codec_frame.h"
#include "tools/codec/host.h"
#include "tools/codec/sandbox.h"

namespace {

using namespace afferent;

constexpr int kSocket = 3;
constexpr unsigned kLongestBurst = 5;  // s; the agent has long killed a helper that takes this long

bool write_all(int fd, core::ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return true;
}

void say(std::string_view text) {
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
}

// Until the agent closes its end.
int serve(int fd) {
  codec_host::Host host;
  io::CodecFrameReader reader;
  core::Bytes answers;
  io::append_frame(answers, io::CodecFrame::Kind::ready, 0, {});
  std::array<std::uint8_t, 65536> buffer;
  while (true) {
    if (!write_all(fd, answers)) return 0;
    answers.clear();
    const ssize_t count = ::read(fd, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return 0;
    reader.feed({buffer.data(), static_cast<std::size_t>(count)});
    while (const auto frame = reader.next()) {
      codec_host::end_after(kLongestBurst);
      // Each answer leaves before the next script runs: the agent takes the first one without an answer for the
      // culprit.
      if (!host.handle(*frame, answers)) return 1;
      if (!write_all(fd, answers)) return 0;
      answers.clear();
    }
    codec_host::end_after(0);
    if (reader.broken()) return 1;
  }
}

}  // namespace

int main() {
  const int fd = ::fcntl(kSocket, F_GETFD) >= 0 ? kSocket : STDIN_FILENO;
  if (auto shut = codec_host::shut_in(); !shut) {
    say("afferent-codec: " + shut.error().message() + "\n");
    return 1;
  }
  ::_exit(serve(fd));
}
