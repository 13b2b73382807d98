// Frames of the control socket: a little-endian length of 4 bytes, then the message. Value type.
#pragma once

#include <optional>

#include "agent/core/bytes.h"
#include "agent/core/result.h"

namespace afferent::control {

inline constexpr std::size_t kLargestRequest = 64 * 1024;       // bytes
inline constexpr std::size_t kLargestReply = 16 * 1024 * 1024;  // bytes

core::Bytes framed(core::ByteView message);

// Puts chunks together to messages.
class Deframer {
 public:
  explicit Deframer(std::size_t largest) : largest_(largest) {}
  void add(core::ByteView chunk) { buffer_.insert(buffer_.end(), chunk.begin(), chunk.end()); }
  // The next whole message; nothing while it is not complete. Error{bad_input} for one that is too large: close then.
  core::Result<std::optional<core::Bytes>> next();

 private:
  const std::size_t largest_;
  core::Bytes buffer_;
};

}  // namespace afferent::control
