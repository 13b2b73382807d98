#include "agent/io/codec_frame.h"

namespace afferent::io {

void append_u32(core::Bytes& bytes, std::uint32_t number) {
  for (int i = 0; i < 4; ++i, number >>= 8) bytes.push_back(static_cast<std::uint8_t>(number & 0xFF));
}

std::uint32_t read_u32(core::ByteView bytes) {
  if (bytes.size() < 4) return 0;
  std::uint32_t number = 0;
  for (std::size_t i = 4; i > 0; --i) number = number << 8 | bytes[i - 1];
  return number;
}

void append_frame(core::Bytes& bytes, CodecFrame::Kind kind, std::uint32_t number, core::ByteView body) {
  append_u32(bytes, static_cast<std::uint32_t>(CodecFrame::kHead + body.size()));
  bytes.push_back(static_cast<std::uint8_t>(kind));
  append_u32(bytes, number);
  bytes.insert(bytes.end(), body.begin(), body.end());
}

void CodecFrameReader::feed(core::ByteView bytes) {
  if (used_ > 0) {
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(used_));
    used_ = 0;
  }
  if (!broken_) buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
}

std::optional<CodecFrame> CodecFrameReader::next() {
  const core::ByteView rest = core::ByteView(buffer_).subspan(used_);
  if (broken_ || rest.size() < 4) return std::nullopt;
  const std::size_t length = read_u32(rest);
  if (length < CodecFrame::kHead || length > CodecFrame::kLongest) {
    broken_ = true;
    buffer_ = {};
    used_ = 0;
    return std::nullopt;
  }
  if (rest.size() < 4 + length) return std::nullopt;
  const std::uint8_t kind = rest[4];
  used_ += 4 + length;
  return CodecFrame{static_cast<CodecFrame::Kind>(kind), read_u32(rest.subspan(5)), rest.subspan(9, length - 5)};
}

}  // namespace afferent::io
