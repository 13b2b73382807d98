// Reads an EPC bit by bit, most significant first. Value type, private to the EPC decoder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "agent/core/bytes.h"

namespace afferent::drivers::epc {

class BitReader {
 public:
  explicit BitReader(core::ByteView bytes) : bytes_(bytes) {}

  std::size_t left() const { return bytes_.size() * 8 - at_; }

  // `count` <= 64; what lies beyond the end reads as zero.
  std::uint64_t take(std::size_t count) {
    std::uint64_t value = 0;
    for (; count > 0; --count) {
      const bool inside = at_ < bytes_.size() * 8;
      const unsigned bit = inside ? (bytes_[at_ / 8] >> (7 - at_ % 8)) & 1U : 0U;
      value = value << 1 | bit;
      if (inside) ++at_;
    }
    return value;
  }

  bool only_zeros(std::size_t count) {
    while (count-- > 0) {
      if (take(1) != 0) return false;
    }
    return true;
  }

 private:
  core::ByteView bytes_;
  std::size_t at_ = 0;
};

// GS1 General Specifications, figure 7.11-1: what a serial number may hold.
bool is_gs1_character(char c);

// SGTIN+ (TDS 2.0, section 14.6.1), without its header's 8 bits. Nothing but an error or the 14 digits and the serial.
struct PlusParts {
  std::string gtin;
  std::string serial;
  std::string trouble;  // empty: the others hold
};
PlusParts read_sgtin_plus(BitReader& bits);

}  // namespace afferent::drivers::epc
