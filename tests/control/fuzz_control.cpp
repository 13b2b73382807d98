// Any bytes from a local client, in chunks of any size: answered or hung up on.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "agent/control/server.h"

namespace {

using namespace afferent;

class Echo final : public core::CommandTarget {
 public:
  void handle(const core::CommandRequest& request, Reply reply) override {
    request.verb.empty() ? reply(core::Error(core::ErrorCode::not_found, "no verb")) : reply(request.verb);
  }
};

}  // namespace

// The first byte is the size of the chunks.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  Echo target;
  bool open = true;
  control::Server server(target, [](std::uint32_t, core::ByteView) {}, [&open](std::uint32_t) { open = false; });
  const std::size_t chunk = std::size_t{1} + data[0];
  for (std::size_t at = 1; at < size && open; at += chunk) {
    server.received(1, {data + at, std::min(chunk, size - at)});
  }
  return 0;
}
