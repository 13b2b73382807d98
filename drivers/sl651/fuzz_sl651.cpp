// Any bytes over two connections, whole and in pieces, and the same bytes as the body of frames that are right.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "drivers/common/deaf_sink.h"
#include "drivers/sl651/frame.h"
#include "drivers/sl651/sl651.h"

namespace {

using namespace afferent;

core::Bytes framed(core::ByteView bytes, bool ascii) {
  drivers::sl651::Frame frame;
  frame.ascii = ascii;
  frame.station = "0012345678";
  frame.function = bytes.empty() ? std::uint8_t{0x32} : static_cast<std::uint8_t>(0x2F + bytes[0] % 0x24);
  if (bytes.size() > 2 && bytes[1] % 4 == 0) {
    frame.start = drivers::sl651::kSyn;
    frame.total = bytes[1] % 16;
    frame.number = bytes[2] % 16;
  }
  frame.body.assign(bytes.begin(), bytes.end());
  return encode(frame);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto driver = drivers::sl651::spec().create({});
  if (!driver) std::abort();
  drivers::DeafSink sink(0);
  core::WireEvent event;
  const auto happens = [&](core::WireEvent::Kind kind, std::uint32_t peer, core::ByteView bytes) {
    event.kind = kind;
    event.peer = peer;
    event.bytes = bytes;
    (*driver)->on(event, sink);
  };
  const core::ByteView bytes(data, size);
  happens(core::WireEvent::Kind::opened, 1, {});
  happens(core::WireEvent::Kind::received, 1, bytes);
  for (std::size_t at = 0; at < size; at += 13) {
    happens(core::WireEvent::Kind::received, 2, bytes.subspan(at, std::min<std::size_t>(13, size - at)));
  }
  for (const bool ascii : {false, true}) happens(core::WireEvent::Kind::received, 3, framed(bytes, ascii));
  happens(core::WireEvent::Kind::closed, 1, {});
  happens(core::WireEvent::Kind::timed_out, 0, {});
  return 0;
}
