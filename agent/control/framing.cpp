#include "agent/control/framing.h"

namespace afferent::control {
namespace {

constexpr std::size_t kHeader = 4;

}  // namespace

core::Bytes framed(core::ByteView message) {
  core::Bytes frame;
  frame.reserve(kHeader + message.size());
  for (std::size_t i = 0; i < kHeader; ++i) frame.push_back(static_cast<std::uint8_t>(message.size() >> (8 * i)));
  frame.insert(frame.end(), message.begin(), message.end());
  return frame;
}

core::Result<std::optional<core::Bytes>> Deframer::next() {
  if (buffer_.size() < kHeader) return std::optional<core::Bytes>();
  std::size_t size = 0;
  for (std::size_t i = 0; i < kHeader; ++i) size |= static_cast<std::size_t>(buffer_[i]) << (8 * i);
  if (size > largest_) {
    return core::Error(core::ErrorCode::bad_input, "message of " + std::to_string(size) + " bytes; at most " +
                                                       std::to_string(largest_) + " are allowed");
  }
  if (buffer_.size() < kHeader + size) return std::optional<core::Bytes>();
  const auto start = buffer_.begin() + kHeader;
  const auto end = start + static_cast<std::ptrdiff_t>(size);
  std::optional<core::Bytes> message(std::in_place, start, end);
  buffer_.erase(buffer_.begin(), end);
  return message;
}

}  // namespace afferent::control
