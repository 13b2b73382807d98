#include "drivers/wmbus/source_raw.h"

#include "drivers/common/three_of_six.h"
#include "drivers/wmbus/link.h"

namespace afferent::drivers::wmbus {
namespace {

constexpr std::size_t kFirstBlockA = 12;  // with its checksum

// The length byte and the control code of a frame that might follow.
bool may_begin(core::ByteView bytes) {
  if (bytes.empty()) return true;
  if (bytes[0] + std::size_t{1} < kShortestFrame) return false;
  return bytes.size() < 2 || plausible(bytes[1], 0x72);
}

}  // namespace

// Nothing but its length marks a frame. The checksum of block 1 says that it is format A before the frame is whole; the
// one at the end that it is format B; else only its look and what follows it speak for a frame without checksums.
Verdict RawSource::probe(core::ByteView bytes, bool /*last*/, Catcher& catcher) {
  const std::size_t size = bytes[0] + std::size_t{1};
  if (size < kShortestFrame) return Verdict::skip();
  if (bytes.size() >= 2 && !plausible(bytes[1], 0x72)) return Verdict::skip();
  if (bytes.size() >= kFirstBlockA && begins_a(bytes)) return format_a(bytes, catcher);
  if (bytes.size() < size) return Verdict::wait();
  if (const Verdict verdict = format_b(bytes.first(size), catcher); verdict.kind == Verdict::Kind::took) return verdict;
  return unchecked(bytes, size, catcher);
}

Verdict RawSource::format_a(core::ByteView bytes, Catcher& catcher) {
  const std::size_t size = size_of_a(bytes[0]);
  if (bytes.size() < size) return Verdict::wait();
  std::string why;
  if (!strip_a(bytes.first(size), stripped_, why)) return Verdict::skip(std::move(why));
  catcher.caught({stripped_, {}, true});
  return Verdict::took(size);
}

Verdict RawSource::format_b(core::ByteView frame, Catcher& catcher) {
  std::string why;
  if (frame.size() < kShortestFrame + 2 || !strip_b(frame, stripped_, why)) return Verdict::skip();
  catcher.caught({stripped_, {}, true});
  return Verdict::took(frame.size());
}

Verdict RawSource::unchecked(core::ByteView bytes, std::size_t size, Catcher& catcher) {
  if (!plausible(bytes[1], bytes[kShortestFrame - 1])) {
    // It would be format A if its first block were right.
    return bytes.size() > kFirstBlockA && plausible(bytes[1], bytes[kFirstBlockA])
               ? Verdict::skip("CRC of block 1 is wrong")
               : Verdict::skip("no checksum is right, and the CI field " + core::to_hex(bytes.subspan(10, 1)) +
                               " is not in use");
  }
  if (bytes.size() == size_of_a(bytes[0])) return Verdict::skip("CRC of block 1 is wrong");
  if (!may_begin(bytes.subspan(size)))
    return Verdict::skip("the length does not fit what follows, and no CRC is right");
  if (!rssi_byte_) {
    catcher.caught({bytes.first(size), {}, false});
    return Verdict::took(size);
  }
  stripped_.assign(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size - 1));
  --stripped_[0];
  catcher.caught({stripped_, rssi_of_half_decibels(bytes[size - 1]), false});
  return Verdict::took(size);
}

Verdict CodedSource::probe(core::ByteView bytes, bool /*last*/, Catcher& catcher) {
  if (bytes.size() < 2) return Verdict::wait();
  const auto length = from_three_of_six(bytes, 1);
  if (!length || length->front() + std::size_t{1} < kShortestFrame) return Verdict::skip();
  const std::size_t size = size_of_a(length->front());
  const std::size_t coded = (size * 12 + 7) / 8;
  const std::size_t there = std::min(size, bytes.size() * 8 / 12);
  const auto plain = from_three_of_six(bytes, there);
  if (!plain) return Verdict::skip("bits that are no 3-out-of-6 code");
  if (bytes.size() < coded) return Verdict::wait();
  std::string why;
  if (!strip_a(*plain, stripped_, why)) return Verdict::skip(std::move(why));
  catcher.caught({stripped_, {}, true});
  return Verdict::took(coded);
}

}  // namespace afferent::drivers::wmbus
