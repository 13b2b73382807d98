// A stream of any bytes in any chunks: nothing crashes, hangs or grows, on a connection of ours or off it.
#include <algorithm>
#include <cstdlib>

#include "drivers/common/deaf_sink.h"
#include "drivers/llrp/llrp.h"
#include "drivers/llrp/message.h"

namespace {

namespace core = afferent::core;

class WholeMessages final : public afferent::drivers::DeafSink {
 public:
  WholeMessages() : DeafSink(4) {}
  core::Channel declare(core::DeviceRef, const core::ChannelSpec&) override { std::abort(); }
  void send(core::Outgoing outgoing) override {
    if (!afferent::drivers::llrp::is_whole(outgoing.bytes)) std::abort();
  }
  void wake_in(core::Millis delay) override {
    if (delay <= core::Millis::zero()) std::abort();
  }
};

}  // namespace

// The first byte: whether a connection is open, and how long a chunk is.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  core::DriverConfig config;
  config.devices.emplace_back().id = "fuzz";
  auto driver = afferent::drivers::llrp::spec().create(config);
  if (!driver) std::abort();
  WholeMessages sink;
  core::WireEvent event;
  const auto happens = [&](core::WireEvent::Kind kind, core::ByteView bytes = {}) {
    event.kind = kind;
    event.bytes = bytes;
    event.at.boot += std::chrono::milliseconds(500);
    (*driver)->on(event, sink);
  };
  if ((data[0] & 0x80U) != 0) happens(core::WireEvent::Kind::opened);
  core::ByteView rest(data + 1, size - 1);
  while (!rest.empty()) {
    const core::ByteView chunk = rest.first(std::min<std::size_t>(rest.size(), (data[0] & 0x3FU) + 1));
    rest = rest.subspan(chunk.size());
    happens(core::WireEvent::Kind::received, chunk);
    if ((data[0] & 0x40U) != 0) happens(core::WireEvent::Kind::wake);
  }
  happens(core::WireEvent::Kind::timed_out);
  happens(core::WireEvent::Kind::turn);
  return 0;
}
