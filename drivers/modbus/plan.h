// Which requests read a profile, and how their replies are decoded: everything that can be decided before the first
// byte. Value types.
#pragma once

#include <cstdint>
#include <vector>

#include "drivers/modbus/profile.h"

namespace afferent::drivers::modbus {

// How to get one channel out of a block. `plain` steps need nothing but this, and stand for `run` channels in a row
// that lie side by side and are alike; the others look into their Field.
struct Step {
  double factor = 1.0;
  double addend = 0.0;
  double divisor = 1.0;
  std::uint32_t field = 0;  // index into Profile::fields
  std::uint16_t at = 0;     // registers (or coils) from the block's start
  core::Channel channel{};
  std::uint16_t run = 1;
  std::uint8_t width = 1;
  Raw raw = Raw::u16;
  Order order;
  bool plain = false;
};

// One request.
struct Block {
  std::uint8_t function = 3;
  std::uint16_t start = 0;
  std::uint16_t count = 0;         // registers or coils
  std::vector<std::size_t> codes;  // indices into Profile::codes, read before the steps
  std::vector<Step> steps;
  std::size_t bytes() const { return function <= 2 ? (count + 7u) / 8u : 2u * count; }
};

// Registers first..end of a field, its summand included.
struct Span {
  unsigned first = 0;
  unsigned end = 0;
};
Span span_of(const Field& field);
Span span_of(const CodeRegister& code);

// As few blocks as max_gap and max_registers allow; those that hold code registers come first.
std::vector<Block> plan(const Profile& profile);

}  // namespace afferent::drivers::modbus
