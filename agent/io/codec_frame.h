// The frames between the agent and its codec helper, on a socketpair: length (4 bytes, little-endian, of what follows),
// kind (1), number (4), body. Value types; both ends use this file.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "agent/core/bytes.h"

namespace afferent::io {

struct CodecFrame {
  enum class Kind : std::uint8_t {
    load = 1,  // agent: script `number`; body: name, a 0 byte, the source. Answered by ok or failed
    call,      // agent: request `number`; body: script (4 bytes), a packed core::CodecCall. Answered by ok or failed
    ready,     // helper: has started and is shut in
    ok,        // helper: body is a JSON object, or empty for load
    failed,    // helper: body says why
  };
  static constexpr std::size_t kHead = 5;              // kind and number
  static constexpr std::size_t kLongest = 320 * 1024;  // kind, number and body

  Kind kind = Kind::call;
  std::uint32_t number = 0;
  core::ByteView body;
};

void append_u32(core::Bytes& bytes, std::uint32_t number);
std::uint32_t read_u32(core::ByteView bytes);  // of the first four; 0 where there are fewer

void append_frame(core::Bytes& bytes, CodecFrame::Kind kind, std::uint32_t number, core::ByteView body);

// Cuts a stream into frames; never holds more than one frame and one read.
class CodecFrameReader {
 public:
  void feed(core::ByteView bytes);
  // The body is valid until the next feed(). Nothing: more bytes are needed, or the stream is broken.
  std::optional<CodecFrame> next();
  bool broken() const { return broken_; }  // what came is no frame: the stream cannot be followed any further

 private:
  core::Bytes buffer_;
  std::size_t used_ = 0;
  bool broken_ = false;
};

}  // namespace afferent::io
