// The helper's stream of frames: any bytes in any chunks, up to a script that is loaded and called.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "agent/io/codec_frame.h"
#include "tools/codec/host.h"

namespace {

using namespace afferent;

// Without running what the fuzzer made up as a script, which may loop for ever.
constexpr char kScript[] = "F.js\0function Decode(p, b, v) { return {p: p, b: b, v: v} }";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static codec_host::Host host = [] {
    codec_host::Host made;
    core::Bytes answers;
    const std::string_view script(kScript, sizeof kScript - 1);
    made.handle({io::CodecFrame::Kind::load, 1, core::as_bytes(script)}, answers);
    return made;
  }();
  const core::ByteView bytes(data, size);
  const std::size_t chunk = size == 0 ? 1 : 1 + data[0] % 64;
  io::CodecFrameReader reader;
  core::Bytes answers;
  for (std::size_t at = 0; at < size; at += chunk) {
    reader.feed(bytes.subspan(at, std::min(chunk, size - at)));
    while (const auto frame = reader.next()) {
      if (frame->kind == io::CodecFrame::Kind::load) continue;
      if (!host.handle(*frame, answers)) break;
    }
  }
  // The fuzzer rarely finds the frame around a call.
  core::Bytes body;
  io::append_u32(body, 1);
  body.insert(body.end(), bytes.begin(), bytes.end());
  host.handle({io::CodecFrame::Kind::call, 7, body}, answers);
  return 0;
}
