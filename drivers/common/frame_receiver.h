// Finds the frames of a protocol in whatever a line delivers, for protocols whose frames tell their own length.
// Loop-bound.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "agent/core/bytes.h"

namespace afferent::drivers {

// What a candidate turned out to be.
template <class Frame>
struct Found {
  std::optional<Frame> frame;  // nothing: `raw` is a frame that is not right, and `why`
  core::Bytes raw;
  std::string why;
};

// Holds at most one frame and what came behind it. Garbage, preambles and false starts are skipped byte by byte.
// `Syntax` has these static functions; the bytes they get are not empty, begin at the candidate, and all but the first
// two may end before it does:
//   bool whole(ByteView)                           the bytes are a candidate with good checksum and end
//   std::optional<Found<Frame>> judge(ByteView)    a frame, a frame with a mistake, or (nothing) no frame at all
//   bool plausible(ByteView)                       may be a frame, as far as it has come
//   std::optional<std::size_t> length(ByteView)    of all of a plausible one; nothing until that has come
template <class Frame, class Syntax>
class FrameReceiver {
 public:
  void feed(core::ByteView bytes) { buffer_.insert(buffer_.end(), bytes.begin(), bytes.end()); }

  std::optional<Found<Frame>> next() {  // until nothing is left to find
    while (start_ < buffer_.size()) {
      if (!Syntax::plausible(rest())) {
        skip(1);
        continue;
      }
      const auto size = Syntax::length(rest());
      if (!size || *size > rest().size()) {
        if (!skip_false_start()) break;
        continue;
      }
      std::optional<Found<Frame>> found = Syntax::judge(rest().first(*size));
      if (found && found->frame) {
        start_ += *size;
        told_ = 0;
        noise_.clear();
        compact();
        return found;
      }
      const bool known = told_ > 0;  // a mistake inside bytes that were refused already
      if (found && !known) told_ = *size;
      skip(1);
      if (found && !known) return found;
    }
    compact();
    return std::nullopt;
  }

  // Forgets what is waiting and returns it, with the garbage since the last good frame.
  core::Bytes flush() {
    skip(rest().size());
    compact();
    told_ = 0;
    return std::exchange(noise_, {});
  }

 private:
  static constexpr std::size_t kNoiseKept = 300;  // enough to show a whole frame that was not understood

  core::ByteView rest() const { return core::ByteView(buffer_).subspan(start_); }

  // The start of a frame in garbage may promise more than ever comes, while a frame lies whole behind it.
  bool skip_false_start() {
    const core::ByteView bytes = rest();
    for (std::size_t at = 1; at < bytes.size(); ++at) {
      const core::ByteView behind = bytes.subspan(at);
      if (!Syntax::plausible(behind)) continue;
      const auto size = Syntax::length(behind);
      if (!size || *size > behind.size() || !Syntax::whole(behind.first(*size))) continue;
      skip(at);
      return true;
    }
    return false;
  }

  void skip(std::size_t count) {
    for (; count > 0; --count, ++start_) {
      if (told_ > 0) {
        --told_;
      } else if (noise_.size() < kNoiseKept) {
        noise_.push_back(buffer_[start_]);
      }
    }
  }

  void compact() {
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(start_));
    start_ = 0;
  }

  core::Bytes buffer_;
  std::size_t start_ = 0;  // of what is still to be looked at
  std::size_t told_ = 0;   // so many bytes from start_ on were returned as a wrong frame already
  core::Bytes noise_;
};

}  // namespace afferent::drivers
