// Numbers as bytes, least significant first, whatever the machine; and back, with every length checked. Value types.
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "agent/core/bytes.h"
#include "agent/core/utf8.h"

namespace afferent::rules {

class Packer {
 public:
  template <std::integral T>
  void put(T value) {
    const auto bits = static_cast<std::make_unsigned_t<T>>(value);
    for (std::size_t i = 0; i < sizeof(T); ++i) bytes_.push_back(static_cast<std::uint8_t>(bits >> (8 * i)));
  }
  void put(double value) { put(std::bit_cast<std::uint64_t>(value)); }
  void put_text(std::string_view text) {  // at most 255 bytes are kept
    const std::string_view kept = core::clipped_utf8(text, 255);
    put(static_cast<std::uint8_t>(kept.size()));
    bytes_.insert(bytes_.end(), kept.begin(), kept.end());
  }
  void put_bytes(core::ByteView bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }
  core::Bytes take() { return std::move(bytes_); }

 private:
  core::Bytes bytes_;
};

// After the first read beyond the end everything reads as zero or empty, and ok() says so.
class Unpacker {
 public:
  explicit Unpacker(core::ByteView bytes) : rest_(bytes) {}

  template <class T>
  T get() {
    if constexpr (std::is_floating_point_v<T>) {
      return std::bit_cast<double>(get<std::uint64_t>());
    } else {
      std::make_unsigned_t<T> bits = 0;
      const core::ByteView raw = get_bytes(sizeof(T));
      for (std::size_t i = 0; i < raw.size(); ++i) {
        bits = static_cast<std::make_unsigned_t<T>>(bits | static_cast<std::make_unsigned_t<T>>(raw[i]) << (8 * i));
      }
      return static_cast<T>(bits);
    }
  }
  std::string get_text() { return std::string(core::as_text(get_bytes(get<std::uint8_t>()))); }
  core::ByteView get_bytes(std::size_t count) {
    if (count > rest_.size()) {
      ok_ = false;
      rest_ = {};
      return {};
    }
    const core::ByteView taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }
  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }

 private:
  core::ByteView rest_;
  bool ok_ = true;
};

}  // namespace afferent::rules
