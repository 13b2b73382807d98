// How a value lies in registers: types and word orders. Pure functions.
//
// Word orders name the bytes of a 32-bit value A (most significant) to D in the order in which they are sent; they hold
// for 64 bits alike: ABCD big-endian, CDAB least significant register first, DCBA little-endian, BADC big-endian with
// the bytes of each register exchanged.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace afferent::drivers::modbus {

enum class Raw : std::uint8_t { u16, s16, u32, s32, u64, s64, f32, f64, bcd16, bcd32, sm16, sm32, bit, text };

struct Order {
  bool swap_bytes = false;      // BADC, DCBA
  bool low_word_first = false;  // CDAB, DCBA
  friend bool operator==(const Order&, const Order&) = default;
};

std::optional<Raw> raw_named(std::string_view name);
std::optional<Order> order_named(std::string_view name);

unsigned registers_of(Raw raw);  // 0 for text, whose length the profile gives; 1 for a bit
bool is_real(Raw raw);           // f32, f64

// The bits of `width` (1, 2 or 4) registers at `at`, most significant first.
std::uint64_t load_bits(const std::uint8_t* at, unsigned width, Order order);
void store_bits(std::uint8_t* at, unsigned width, Order order, std::uint64_t bits);

// What the bits mean; nothing for digits that are not BCD. Not for text.
std::optional<double> number_of(Raw raw, std::uint64_t bits);

// All bits that stand for a number as a profile writes it: one that the type has (0 may have two forms), else, for
// other than real types, the bits themselves as a whole number (0xFFFF). Nothing where the type can have neither.
std::vector<std::uint64_t> forms_of(Raw raw, double number);

// The bits that come nearest to a number, at the type's limits where it does not fit. NaN only for a real type.
std::uint64_t bits_of(Raw raw, double number);

}  // namespace afferent::drivers::modbus
