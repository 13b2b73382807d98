#include "agent/outbox/wal_check.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "agent/core/bytes.h"
#include "agent/outbox/files.h"

namespace afferent::outbox {
namespace {

using core::ByteView;
using core::Error;
using core::ErrorCode;
using core::Result;

constexpr std::size_t kHeader = 32;
constexpr std::size_t kFrameHeader = 24;
constexpr std::uint32_t kMagic = 0x377F'0682;  // its lowest bit: checksums of big-endian words
constexpr std::uint32_t kVersion = 3'007'000;
constexpr int kCommitsBehind = 2;

std::uint32_t big(ByteView bytes, std::size_t at) {
  return std::uint32_t{bytes[at]} << 24 | std::uint32_t{bytes[at + 1]} << 16 | std::uint32_t{bytes[at + 2]} << 8 |
         bytes[at + 3];
}

std::uint32_t little(ByteView bytes, std::size_t at) {
  return std::uint32_t{bytes[at + 3]} << 24 | std::uint32_t{bytes[at + 2]} << 16 | std::uint32_t{bytes[at + 1]} << 8 |
         bytes[at];
}

struct Sums {
  void add(ByteView bytes, bool big_endian) {
    for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8) {
      first += (big_endian ? big(bytes, at) : little(bytes, at)) + second;
      second += (big_endian ? big(bytes, at + 4) : little(bytes, at + 4)) + first;
    }
  }
  bool are_at(ByteView bytes, std::size_t at) const { return first == big(bytes, at) && second == big(bytes, at + 4); }

  std::uint32_t first = 0;
  std::uint32_t second = 0;
};

bool read_all(int file, core::Bytes& bytes) {
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t got = ::read(file, bytes.data() + filled, bytes.size() - filled);
    if (got <= 0) return false;
    filled += static_cast<std::size_t>(got);
  }
  return true;
}

// The frames of a WAL, one after the other.
class Frames {
 public:
  explicit Frames(ByteView header)
      : big_endian_((header[3] & 1U) != 0), salts_(header.begin() + 16, header.begin() + 24) {
    sums_.add(header.first(24), big_endian_);
    right_ = (big(header, 0) & ~1U) == kMagic && big(header, 4) == kVersion && sums_.are_at(header, 24);
  }
  bool header_is_right() const { return right_; }

  void take(ByteView frame) {
    const bool ours = std::equal(salts_.begin(), salts_.end(), frame.begin() + 8);  // else left from an earlier round
    if (right_) {
      sums_.add(frame.first(8), big_endian_);
      sums_.add(frame.subspan(kFrameHeader), big_endian_);
      right_ = ours && sums_.are_at(frame, 16);
    }
    const bool commits = big(frame, 4) != 0;
    if (!right_ && ours && commits) ++behind_;
  }
  int commits_behind() const { return behind_; }

 private:
  bool big_endian_;
  core::Bytes salts_;
  Sums sums_;
  bool right_ = false;
  int behind_ = 0;  // transactions that were committed after the first bad frame
};

bool is_page_size(std::uint32_t size) { return size >= 512 && size <= 65'536 && (size & (size - 1)) == 0; }

}  // namespace

Result<void> check_wal(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid() || size_of(path) == 0) return {};
  core::Bytes header(kHeader);
  const bool read = read_all(file.number(), header);
  const std::uint32_t page_size = read ? big(header, 8) : 0;
  Frames frames(header);
  if (!read || !frames.header_is_right() || !is_page_size(page_size)) {
    return Error(ErrorCode::bad_input, "the WAL does not begin as one");
  }
  core::Bytes frame(kFrameHeader + page_size);
  while (read_all(file.number(), frame)) frames.take(frame);
  if (frames.commits_behind() < kCommitsBehind) return {};
  return Error(ErrorCode::bad_input, "the WAL is damaged before its end");
}

}  // namespace afferent::outbox
