#include "drivers/mbus/link.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "drivers/common/numbers.h"

namespace afferent::drivers::mbus {
namespace {

constexpr std::uint8_t kAcknowledge = 0xE5;
constexpr std::uint8_t kFixedStart = 0x10;
constexpr std::uint8_t kVariableStart = 0x68;
constexpr std::uint8_t kEnd = 0x16;
constexpr std::size_t kFixedSize = 5;
constexpr std::size_t kHead = 4;      // 68 L L 68
constexpr std::size_t kOverhead = 6;  // and CS 16
constexpr std::size_t kShortest = 3;  // C A CI
constexpr std::size_t kNoiseKept = 64;

std::uint8_t sum(core::ByteView bytes) {
  return static_cast<std::uint8_t>(std::accumulate(bytes.begin(), bytes.end(), 0U));
}

// What the checksum is made of.
core::ByteView summed(core::ByteView frame) {
  const std::size_t head = frame[0] == kFixedStart ? 1 : kHead;
  return frame.subspan(head, frame.size() - head - 2);
}

}  // namespace

core::Bytes encode_fixed(std::uint8_t control, std::uint8_t address) {
  return {kFixedStart, control, address, static_cast<std::uint8_t>(control + address), kEnd};
}

core::Bytes encode_variable(std::uint8_t control, std::uint8_t address, core::ByteView data) {
  const auto length = static_cast<std::uint8_t>(std::min<std::size_t>(data.size() + 2, 255));
  core::Bytes bytes{kVariableStart, length, length, kVariableStart, control, address};
  bytes.insert(bytes.end(), data.begin(), data.begin() + (length - 2));
  bytes.push_back(sum(core::ByteView(bytes).subspan(kHead)));
  bytes.push_back(kEnd);
  return bytes;
}

core::Bytes encode(const Frame& frame) {
  switch (frame.kind) {
    case Frame::Kind::acknowledge: return {kAcknowledge};
    case Frame::Kind::fixed: return encode_fixed(frame.control, frame.address);
    case Frame::Kind::variable: return encode_variable(frame.control, frame.address, frame.data);
  }
  return {};
}

void Receiver::feed(core::ByteView bytes) { buffer_.insert(buffer_.end(), bytes.begin(), bytes.end()); }

std::optional<std::size_t> Receiver::length(std::size_t at) const {
  const core::ByteView rest = core::ByteView(buffer_).subspan(at);
  switch (rest[0]) {
    case kAcknowledge: return 1;
    case kFixedStart: return kFixedSize;
    case kVariableStart: break;
    default: return 0;
  }
  if (rest.size() >= 3 && rest[1] != rest[2]) return 0;
  if (rest.size() >= kHead && rest[3] != kVariableStart) return 0;
  if (rest.size() < kHead) return std::nullopt;
  return kOverhead + rest[1];
}

bool Receiver::whole(std::size_t at) const {
  if (buffer_[at] != kVariableStart) return false;
  const auto size = length(at);
  if (!size || *size < kOverhead + kShortest || at + *size > buffer_.size()) return false;
  const core::ByteView frame = core::ByteView(buffer_).subspan(at, *size);
  return frame[*size - 1] == kEnd && frame[*size - 2] == sum(summed(frame));
}

// The candidate at start_ is complete. `why` stays empty where it is right.
Receiver::Found Receiver::judge(std::size_t size) const {
  const core::ByteView bytes = core::ByteView(buffer_).subspan(start_, size);
  Found found;
  found.raw.assign(bytes.begin(), bytes.end());
  if (bytes[0] == kAcknowledge) return found;
  const std::uint8_t expected = sum(summed(bytes));
  if (bytes[0] == kVariableStart && size < kOverhead + kShortest) {
    found.why = "length is " + std::to_string(bytes[1]) + ", should be at least 3";
  } else if (bytes[size - 2] != expected) {
    found.why = "checksum is " + hex(bytes[size - 2]) + ", should be " + hex(expected);
  } else if (bytes[size - 1] != kEnd) {
    found.why = "end is " + hex(bytes[size - 1]) + ", should be 16";
  }
  return found;
}

Receiver::Found Receiver::accept(std::size_t size) {
  const core::ByteView bytes = core::ByteView(buffer_).subspan(start_, size);
  Found found;
  found.raw.assign(bytes.begin(), bytes.end());
  found.clean = std::exchange(clean_, true);
  Frame frame;
  if (bytes[0] == kFixedStart) frame = {Frame::Kind::fixed, bytes[1], bytes[2], {}};
  if (bytes[0] == kVariableStart) {
    frame = {Frame::Kind::variable, bytes[4], bytes[5], core::Bytes(bytes.begin() + 6, bytes.end() - 2)};
  }
  found.frame = std::move(frame);
  start_ += size;
  told_ = 0;
  noise_.clear();
  compact();
  return found;
}

// A start byte of garbage may promise more than ever comes, while the answer lies whole behind it.
bool Receiver::find_behind() {
  std::size_t at = start_ + 1;
  while (at < buffer_.size() && !whole(at)) ++at;
  if (at >= buffer_.size()) return false;
  skip(at - start_);
  return true;
}

std::optional<Receiver::Found> Receiver::next() {
  while (start_ < buffer_.size()) {
    const auto size = length(start_);
    if (size == std::size_t{0} || (size == std::size_t{1} && told_ > 0)) {
      skip(1);
      continue;
    }
    if (!size || start_ + *size > buffer_.size()) {
      if (find_behind()) continue;
      break;
    }
    Found found = judge(*size);
    if (found.why.empty()) return accept(*size);
    // Too short to tell a broken frame from garbage, or a mistake inside bytes that were refused already.
    const bool silent = buffer_[start_] == kFixedStart || told_ > 0;
    if (!silent) told_ = *size;
    skip(1);
    if (!silent) return found;
  }
  compact();
  return std::nullopt;
}

void Receiver::skip(std::size_t count) {
  for (; count > 0; --count, ++start_) {
    clean_ = false;
    if (told_ > 0) {
      --told_;
    } else if (noise_.size() < kNoiseKept) {
      noise_.push_back(buffer_[start_]);
    }
  }
}

void Receiver::compact() {
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(start_));
  start_ = 0;
}

core::Bytes Receiver::flush() {
  skip(buffer_.size() - start_);
  core::Bytes rest = std::move(noise_);
  const bool idle =
      std::all_of(rest.begin(), rest.end(), [](std::uint8_t byte) { return byte == 0xFF || byte == 0x00; });
  if (idle) rest.clear();  // what a released line makes
  buffer_.clear();
  noise_.clear();
  start_ = told_ = 0;
  clean_ = true;
  return rest;
}

}  // namespace afferent::drivers::mbus
