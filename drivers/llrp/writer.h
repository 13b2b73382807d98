// Builds one LLRP message. Value type.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "agent/core/bytes.h"
#include "drivers/llrp/big_endian.h"
#include "drivers/llrp/message.h"
#include "drivers/llrp/parameter.h"

namespace afferent::drivers::llrp {

class Writer {
 public:
  Writer(Type type, std::uint32_t id, std::uint8_t version = kVersion1) {
    u16(static_cast<std::uint16_t>(version << 10 | static_cast<std::uint16_t>(type)));
    u32(0).u32(id);
  }

  Writer& u8(std::uint8_t value) { return number(value); }
  Writer& u16(std::uint16_t value) { return number(value); }
  Writer& u32(std::uint32_t value) { return number(value); }
  Writer& u64(std::uint64_t value) { return number(value); }
  Writer& bytes(core::ByteView bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return *this;
  }
  Writer& tv(Param type) { return u8(static_cast<std::uint8_t>(0x80U | static_cast<unsigned>(type))); }

  // A parameter is open until its guard ends, which sets its length.
  class Open {
   public:
    Open(Writer& writer, std::size_t at) : writer_(writer), at_(at) {}
    ~Open() { writer_.set(at_ + 2, static_cast<std::uint16_t>(writer_.bytes_.size() - at_)); }
    Open(const Open&) = delete;
    Open& operator=(const Open&) = delete;

   private:
    Writer& writer_;
    const std::size_t at_;
  };
  [[nodiscard]] Open open(Param type) {
    const std::size_t at = bytes_.size();
    u16(static_cast<std::uint16_t>(type)).u16(0);
    return {*this, at};
  }

  core::Bytes finish() {
    set(2, static_cast<std::uint32_t>(bytes_.size()));
    return std::move(bytes_);
  }

 private:
  template <std::unsigned_integral T>
  Writer& number(T value) {
    append_big_endian(bytes_, value);
    return *this;
  }
  template <std::unsigned_integral T>
  void set(std::size_t at, T value) {
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      bytes_[at + i] = static_cast<std::uint8_t>(value >> (8 * (sizeof(T) - 1 - i)));
    }
  }

  core::Bytes bytes_;
};

}  // namespace afferent::drivers::llrp
